//! The services of the interface: name, namespace, operations, style and WSDL. The operations are
//! read from here and published from the WSDL; a test holds the two equal. Network managers of all kinds
//! share their operations, so their WSDLs are put together from one part an operation.

mod parts;

/// How an operation's arguments begin and how its answer looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `<header>` with `msgId` first; the answer has `resultCode` and `resultDesc`.
    Typed,
    /// Four strings first (`serSupplier, serCaller, callerPwd, callTime`), no `msgId`; the answer is
    /// one string.
    Positional,
}

/// A published service.
#[derive(Debug, PartialEq, Eq)]
pub struct Contract {
    /// Service name, the last part of its address.
    pub name: &'static str,
    /// Target namespace.
    pub namespace: &'static str,
    /// Style of its operations.
    pub style: Style,
    /// Operations that work.
    pub operations: &'static [&'static str],
    wsdl: Wsdl,
}

/// Where a contract's WSDL comes from.
#[derive(Debug, PartialEq, Eq)]
enum Wsdl {
    /// A file.
    Whole(&'static str),
    /// A part for each operation; what the service is for.
    Parts(&'static str),
}

/// A transport network manager reports to us.
pub static CNM_FOR_TRANSPORT: Contract = Contract {
    name: "CnmForTransport",
    namespace: "urn:linesman:cnm:transport:1",
    style: Style::Typed,
    operations: &[
        "isAlive",
        "reportAlarm",
        "alarmEndNotify",
        "alarmSyncNotify",
        "alarmListRebuilt",
        "pmDataReadyNotify",
        "pmTaskStatusNotify",
    ],
    wsdl: Wsdl::Parts("What a transport network manager tells the customer network management system."),
};

/// What we ask of a transport network manager.
pub static TRANSPORT_NMS: Contract = Contract {
    name: "TransportNms",
    namespace: "urn:linesman:nms:transport:1",
    style: Style::Typed,
    operations: &[
        "isAlive",
        "setFilter",
        "getFilter",
        "cancelFilter",
        "requestAlarmSync",
        "createPmTask",
        "modifyPmTask",
        "suspendPmTask",
        "deletePmTask",
        "queryPmTask",
        "requestPmHistory",
    ],
    wsdl: Wsdl::Parts("What the customer network management system asks of a transport network manager."),
};

/// An IP network manager reports to us.
pub static CNM_FOR_IP: Contract = Contract {
    name: "CnmForIp",
    namespace: "urn:linesman:cnm:ip:1",
    style: Style::Typed,
    operations: &[
        "isAlive",
        "reportAlarm",
        "alarmEndNotify",
        "alarmSyncNotify",
        "alarmListRebuilt",
        "pmDataReadyNotify",
        "pmTaskStatusNotify",
        "testResultNotify",
    ],
    wsdl: Wsdl::Parts("What an IP network manager tells the customer network management system."),
};

/// What we ask of an IP network manager.
pub static IP_NMS: Contract = Contract {
    name: "IpNms",
    namespace: "urn:linesman:nms:ip:1",
    style: Style::Typed,
    operations: &[
        "isAlive",
        "setFilter",
        "getFilter",
        "cancelFilter",
        "requestAlarmSync",
        "createPmTask",
        "modifyPmTask",
        "suspendPmTask",
        "deletePmTask",
        "queryPmTask",
        "requestPmHistory",
        "testNodeDelay",
        "getVpnQosBandwidth",
    ],
    wsdl: Wsdl::Parts("What the customer network management system asks of an IP network manager."),
};

/// An ATM network manager reports to us. Its list of active alarms is in its answers.
pub static CNM_FOR_ATM: Contract = Contract {
    name: "CnmForAtm",
    namespace: "urn:linesman:cnm:atm:1",
    style: Style::Typed,
    operations: &["isAlive", "reportAlarm", "alarmEndNotify", "alarmListRebuilt", "pmTaskStatusNotify"],
    wsdl: Wsdl::Parts("What an ATM network manager tells the customer network management system."),
};

/// What we ask of an ATM network manager.
pub static ATM_NMS: Contract = Contract {
    name: "AtmNms",
    namespace: "urn:linesman:nms:atm:1",
    style: Style::Typed,
    operations: &[
        "isAlive",
        "setFilter",
        "getFilter",
        "cancelFilter",
        "requestAlarmSync",
        "createPmTask",
        "modifyPmTask",
        "suspendPmTask",
        "deletePmTask",
        "queryPmTask",
        "getPmFile",
    ],
    wsdl: Wsdl::Parts("What the customer network management system asks of an ATM network manager."),
};

/// The resource management system reports to us.
pub static CNM_FOR_RESOURCE: Contract = Contract {
    name: "CnmForResource",
    namespace: "urn:linesman:cnm:resource:1",
    style: Style::Typed,
    operations: &["resourceFileReadyNotify", "resourceChangeNotify", "resourceSyncAbort"],
    wsdl: Wsdl::Whole(include_str!("wsdl/CnmForResource.wsdl")),
};

/// What we ask of a resource management system.
pub static RESOURCE_MANAGER: Contract = Contract {
    name: "ResourceManager",
    namespace: "urn:linesman:rms:1",
    style: Style::Typed,
    operations: &["requestResourceSync", "queryResource", "queryCircuitRoute", "verifyResource"],
    wsdl: Wsdl::Whole(include_str!("wsdl/ResourceManager.wsdl")),
};

/// The e-ops system reports to us.
pub static CNM_FOR_EOMS: Contract = Contract {
    name: "CnmForEoms",
    namespace: "urn:linesman:cnm:eoms:1",
    style: Style::Positional,
    operations: &[
        "isAlive",
        "syncSheetState",
        "confirmWorkSheet",
        "replyWorkSheet",
        "withdrawWorkSheet",
        "suspendWorkSheet",
        "resumeWorkSheet",
        "syncKeyProtectCircuit",
        "syncCutover",
    ],
    wsdl: Wsdl::Whole(include_str!("wsdl/CnmForEoms.wsdl")),
};

/// What we ask of an e-ops system.
pub static EOMS: Contract = Contract {
    name: "Eoms",
    namespace: "urn:linesman:eoms:1",
    style: Style::Positional,
    operations: &["isAlive", "newAlarm", "syncAlarm", "untreadWorkSheet", "querySheet"],
    wsdl: Wsdl::Whole(include_str!("wsdl/Eoms.wsdl")),
};

/// Every contract of this build.
pub static ALL: [&Contract; 10] = [
    &CNM_FOR_TRANSPORT,
    &TRANSPORT_NMS,
    &CNM_FOR_IP,
    &IP_NMS,
    &CNM_FOR_ATM,
    &ATM_NMS,
    &CNM_FOR_RESOURCE,
    &RESOURCE_MANAGER,
    &CNM_FOR_EOMS,
    &EOMS,
];

// === impl Contract ===

impl Contract {
    /// The WSDL with `address` as the service's address.
    pub fn wsdl(&self, address: &str) -> String {
        let text = match self.wsdl {
            Wsdl::Whole(text) => text.to_owned(),
            Wsdl::Parts(about) => parts::assemble(self, about),
        };
        text.replace("{address}", &quick_xml::escape::escape(address))
    }

    /// The operation of that name.
    pub fn operation(&self, name: &str) -> Option<&'static str> {
        self.operations.iter().copied().find(|known| *known == name)
    }
}

#[cfg(test)]
mod tests;
