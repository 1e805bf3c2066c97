//! The WSDLs say what the contracts say.

use super::*;
use crate::parse::parse;

#[test]
fn wsdl_and_contract_list_the_same_operations() {
    for contract in ALL {
        let wsdl = contract.wsdl("http://127.0.0.1:8080/soap/X?a=1&b=2");
        parse(&wsdl).expect("well-formed");
        let listed: Vec<&str> = wsdl
            .split("<soap:operation soapAction=\"")
            .skip(1)
            .filter_map(|part| part.split('"').next()?.strip_prefix(contract.namespace)?.strip_prefix('/'))
            .collect();
        assert_eq!(listed, contract.operations, "{}", contract.name);
        assert!(wsdl.contains(&format!("<wsdl:service name=\"{}\">", contract.name)));
        assert!(wsdl.contains("<soap:address location=\"http://127.0.0.1:8080/soap/X?a=1&amp;b=2\"/>"));
        assert!(!wsdl.contains("{address}"));
        let has_schema = |operation: &&str| wsdl.contains(&format!("<xs:element name=\"{operation}Response\""));
        assert!(contract.operations.iter().all(has_schema), "{}", contract.name);
    }
}
