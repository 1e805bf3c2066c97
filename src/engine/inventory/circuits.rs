//! Circuits and customers as they are kept (numbers) and as they are read (text).

use jiff::civil::Date;
use model::time::Window;

use super::names::{Names, Sym};

/// Number of a circuit; the order of numbers is the order of codes. Valid for one [`super::Inventory`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CircuitIx(pub u32);

/// Number of a customer; the order of numbers is the order of customer numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerIx(pub u32);

/// A circuit as the inventory states it. Absent text is empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circuit<'a> {
    /// Circuit code.
    pub code: &'a str,
    /// Product instance id.
    pub product_instance: &'a str,
    /// Name.
    pub name: &'a str,
    /// Customer; `None` if its row is missing.
    pub customer: Option<CustomerIx>,
    /// Contract number as the circuit's row states it.
    pub contract_no: &'a str,
    /// SLA plan of the contract; empty if there is no such contract.
    pub sla_plan: &'a str,
    /// Start date of the contract.
    pub contract_start: Option<Date>,
    /// Service type.
    pub service_type: &'a str,
    /// Rate; 0 = not stated.
    pub rate_kbps: u32,
    /// AAA, AA, A or NORMAL.
    pub service_level: &'a str,
    /// Name (else id) of the region of end A.
    pub a_region: &'a str,
    /// Name (else id) of the region of end Z.
    pub z_region: &'a str,
    /// Address of end A.
    pub a_address: &'a str,
    /// Address of end Z.
    pub z_address: &'a str,
    /// Port of end A.
    pub a_port: &'a str,
    /// Port of end Z.
    pub z_port: &'a str,
    /// VPN.
    pub vpn: &'a str,
    /// ACTIVE, SUSPENDED or TERMINATED.
    pub status: &'a str,
    /// [inServiceTime, outOfServiceTime).
    pub in_service: Window,
}

/// A customer as the inventory states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Customer<'a> {
    /// Customer number.
    pub no: &'a str,
    /// Name.
    pub name: &'a str,
    /// GOLD, SILVER, BRONZE or STANDARD.
    pub level: &'a str,
    /// Parent customer.
    pub parent: Option<CustomerIx>,
    /// Account manager.
    pub manager_name: &'a str,
    /// Their telephone.
    pub manager_phone: &'a str,
    /// Their mail address.
    pub manager_email: &'a str,
}

/// A circuit as it is kept.
#[derive(Clone, Copy)]
pub(crate) struct CircuitRow {
    pub(crate) code: Sym,
    pub(crate) product_instance: Sym,
    pub(crate) name: Sym,
    pub(crate) customer: Option<CustomerIx>,
    pub(crate) contract_no: Sym,
    pub(crate) plan: Sym,
    pub(crate) contract_start: Option<Date>,
    pub(crate) service_type: Sym,
    pub(crate) rate_kbps: u32,
    pub(crate) service_level: Sym,
    pub(crate) a_region: Sym,
    pub(crate) z_region: Sym,
    pub(crate) a_address: Sym,
    pub(crate) z_address: Sym,
    pub(crate) a_port: Sym,
    pub(crate) z_port: Sym,
    pub(crate) vpn: Sym,
    pub(crate) status: Sym,
    pub(crate) in_service: Window,
}

/// A customer as it is kept.
#[derive(Clone, Copy)]
pub(crate) struct CustomerRow {
    pub(crate) no: Sym,
    pub(crate) name: Sym,
    pub(crate) level: Sym,
    pub(crate) parent: Option<CustomerIx>,
    pub(crate) manager_name: Sym,
    pub(crate) manager_phone: Sym,
    pub(crate) manager_email: Sym,
}

// === impl CircuitRow ===

impl CircuitRow {
    pub(crate) fn read<'a>(&self, names: &'a Names) -> Circuit<'a> {
        Circuit {
            code: names.get(self.code),
            product_instance: names.get(self.product_instance),
            name: names.get(self.name),
            customer: self.customer,
            contract_no: names.get(self.contract_no),
            sla_plan: names.get(self.plan),
            contract_start: self.contract_start,
            service_type: names.get(self.service_type),
            rate_kbps: self.rate_kbps,
            service_level: names.get(self.service_level),
            a_region: names.get(self.a_region),
            z_region: names.get(self.z_region),
            a_address: names.get(self.a_address),
            z_address: names.get(self.z_address),
            a_port: names.get(self.a_port),
            z_port: names.get(self.z_port),
            vpn: names.get(self.vpn),
            status: names.get(self.status),
            in_service: self.in_service,
        }
    }
}

// === impl CustomerRow ===

impl CustomerRow {
    pub(crate) fn read<'a>(&self, names: &'a Names) -> Customer<'a> {
        Customer {
            no: names.get(self.no),
            name: names.get(self.name),
            level: names.get(self.level),
            parent: self.parent,
            manager_name: names.get(self.manager_name),
            manager_phone: names.get(self.manager_phone),
            manager_email: names.get(self.manager_email),
        }
    }
}
