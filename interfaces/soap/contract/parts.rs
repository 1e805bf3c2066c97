//! The WSDL of a network manager's service out of parts: the types that all share, and for each operation
//! its messages as a schema, under a comment that says what it does.

use super::Contract;

const TYPES: &str = include_str!("../wsdl/network/types.xml");

macro_rules! parts {
    ($($operation:literal)*) => {
        /// Operations of network managers, in both directions.
        const PARTS: &[(&str, &str)] =
            &[$(($operation, include_str!(concat!("../wsdl/network/", $operation, ".xml")))),*];
    };
}

parts! {
    "isAlive" "reportAlarm" "alarmEndNotify" "alarmSyncNotify" "alarmListRebuilt" "pmDataReadyNotify"
    "pmTaskStatusNotify" "setFilter" "getFilter" "cancelFilter" "requestAlarmSync" "createPmTask" "modifyPmTask"
    "suspendPmTask" "deletePmTask" "queryPmTask" "requestPmHistory" "getPmFile" "testNodeDelay" "getVpnQosBandwidth"
    "testResultNotify"
}

/// The WSDL of a contract; `{address}` stands for where it is served.
pub(super) fn assemble(contract: &Contract, about: &str) -> String {
    let Contract { name, namespace, .. } = contract;
    let [mut schemas, mut messages, mut operations, mut bindings] = [const { String::new() }; 4];
    for operation in contract.operations {
        let part = PARTS.iter().find(|(known, _)| known == operation).map_or("", |(_, part)| part);
        let (comment, schema) = part.split_once('\n').unwrap_or_default();
        let doc = comment.trim_start_matches("<!-- ").trim_end_matches(" -->");
        schemas.push_str(schema);
        for (message, element) in [("Request", ""), ("Answer", "Response")] {
            messages.push_str(&message_of(operation, message, element));
        }
        operations.push_str(&operation_of(operation, doc));
        bindings.push_str(&binding_of(operation, namespace));
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- {about} -->
<wsdl:definitions name="{name}" targetNamespace="{namespace}"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="{namespace}">
<wsdl:types>
<xs:schema targetNamespace="{namespace}" elementFormDefault="qualified">
{TYPES}{schemas}</xs:schema>
</wsdl:types>
{messages}<wsdl:portType name="{name}">
{operations}</wsdl:portType>
<wsdl:binding name="{name}Soap" type="tns:{name}">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
{bindings}</wsdl:binding>
<wsdl:service name="{name}">
<wsdl:port name="{name}" binding="tns:{name}Soap"><soap:address location="{{address}}"/></wsdl:port>
</wsdl:service>
</wsdl:definitions>
"#
    )
}

fn message_of(operation: &str, message: &str, element: &str) -> String {
    format!(
        "<wsdl:message name=\"{operation}{message}\">\
        <wsdl:part name=\"parameters\" element=\"tns:{operation}{element}\"/></wsdl:message>\n"
    )
}

fn operation_of(operation: &str, doc: &str) -> String {
    format!(
        "<wsdl:operation name=\"{operation}\"><wsdl:documentation>{doc}</wsdl:documentation>\
        <wsdl:input message=\"tns:{operation}Request\"/><wsdl:output message=\"tns:{operation}Answer\"/>\
        </wsdl:operation>\n"
    )
}

fn binding_of(operation: &str, namespace: &str) -> String {
    format!(
        "<wsdl:operation name=\"{operation}\">\
        <soap:operation soapAction=\"{namespace}/{operation}\" style=\"document\"/>\
        <wsdl:input><soap:body use=\"literal\"/></wsdl:input><wsdl:output><soap:body use=\"literal\"/></wsdl:output>\
        </wsdl:operation>\n"
    )
}
