//! The alarms that this network can raise, and the carrier's knowledge base about them.

use model::alarm::{Effect, ServiceAffecting, Severity};
use model::fault::Category;

/// A kind of alarm.
#[derive(Debug)]
pub struct AlarmKind {
    /// Title, as the manager shows it.
    pub title: &'static str,
    /// The maker's name of the cause.
    pub native_cause: &'static str,
    /// M.3100 / X.733 probable cause.
    pub probable_cause: &'static str,
    /// X.733 event type.
    pub event_type: &'static str,
    /// Layer rate.
    pub layer_rate: &'static str,
    /// Severity.
    pub severity: Severity,
    /// What the manager says.
    pub service_affecting: ServiceAffecting,
    /// What the knowledge base says.
    pub effect: Effect,
    /// What it is.
    pub category: Category,
    /// What to do.
    pub advice: &'static str,
}

macro_rules! kind {
    ($name:ident: $title:literal, $native:literal, $cause:literal, $event:ident, $layer:literal,
     $severity:ident $sa:ident => $effect:ident $category:ident, $advice:literal) => {
        #[doc = $title]
        pub static $name: AlarmKind = AlarmKind {
            title: $title,
            native_cause: $native,
            probable_cause: $cause,
            event_type: $event,
            layer_rate: $layer,
            severity: Severity::$severity,
            service_affecting: ServiceAffecting::$sa,
            effect: Effect::$effect,
            category: Category::$category,
            advice: $advice,
        };
    };
}

const COMMS: &str = "communications";
const EQUIPMENT: &str = "equipment";
const QUALITY: &str = "qualityOfService";
const ENVIRONMENT: &str = "environmental";

kind!(LOS: "光信号丢失", "R_LOS", "lossOfSignal", COMMS, "PHYSICAL",
    Critical Yes => Outage Los, "检查两端收光功率，用OTDR定位断点，通知线路班组抢修");
kind!(LOF: "帧丢失", "R_LOF", "lossOfFrame", COMMS, "RS",
    Critical Yes => Outage Lof, "检查对端发送板和光功率");
kind!(MS_AIS: "复用段告警指示", "MS_AIS", "aIS", COMMS, "MS",
    Major Yes => Outage Ais, "上游已中断，处理上游根告警");
kind!(AIS: "通道告警指示", "TU_AIS", "aIS", COMMS, "VC12",
    Major Yes => Outage Ais, "上游已中断，处理上游根告警");
kind!(RDI: "远端缺陷指示", "HP_RDI", "farEndReceiverFailure", COMMS, "VC4",
    Minor No => None Rdi, "对端收信号异常，处理对端告警");
kind!(BOARD_FAIL: "单板故障", "HARD_BAD", "replaceableUnitProblem", EQUIPMENT, "",
    Critical Yes => Outage Board, "更换单板；更换前确认业务是否有保护");
kind!(NE_DOWN: "网元脱管", "NE_COMMU_BREAK", "communicationsSubsystemFailure", COMMS, "",
    Major Unknown => None NeUnreachable, "检查DCN和网元主控板，业务通常不受影响");
kind!(POWER: "一次电源故障", "POWER_FAIL", "powerProblem", EQUIPMENT, "",
    Critical Yes => Outage Power, "确认机房市电和油机，联系动力班组");
kind!(DEGRADED: "再生段误码越限", "B1_EXC", "degradedSignal", COMMS, "RS",
    Major Yes => Degraded Other, "清洁尾纤，检查光功率余量");
kind!(SWITCHED: "保护倒换", "MSP_SWITCH", "protectionPathSwitch", COMMS, "MS",
    Minor No => None ProtectionSwitch, "业务已倒至保护路由，尽快恢复工作路由");
kind!(TEMPERATURE: "单板温度越限", "TEMP_OVER", "temperatureUnacceptable", ENVIRONMENT, "",
    Minor No => None Environment, "检查风扇和机房空调");
kind!(FAN: "风扇告警", "FAN_FAIL", "coolingFanFailure", EQUIPMENT, "",
    Warning No => None Environment, "更换风扇盒");
kind!(LASER: "激光器老化", "LSR_WILL_DIE", "transmitterFailure", EQUIPMENT, "PHYSICAL",
    Minor No => None Other, "安排更换光模块");
kind!(POWER_LOW: "输入光功率偏低", "IN_PWR_LOW", "receiverFailure", QUALITY, "PHYSICAL",
    Warning No => None Other, "检查线路衰耗");
kind!(CLOCK: "时钟源劣化", "SYN_BAD", "timingProblem", COMMS, "",
    Warning No => None Other, "检查时钟跟踪关系");

kind!(TUNNEL_DOWN: "VPN隧道中断", "TUNNEL_DOWN", "connectionEstablishmentError", COMMS, "",
    Major Yes => Outage Other, "检查PE路由器的LSP和对端接口");
kind!(PVC_DEGRADED: "PVC信元丢失越限", "CLR_EXC", "degradedSignal", QUALITY, "",
    Minor No => None Other, "检查交换机端口拥塞");

/// Every kind that transport managers know.
pub static KINDS: [&AlarmKind; 15] = [
    &LOS,
    &LOF,
    &MS_AIS,
    &AIS,
    &RDI,
    &BOARD_FAIL,
    &NE_DOWN,
    &POWER,
    &DEGRADED,
    &SWITCHED,
    &TEMPERATURE,
    &FAN,
    &LASER,
    &POWER_LOW,
    &CLOCK,
];

/// Kinds that come and go without touching service.
pub static NOISE: [&AlarmKind; 5] = [&TEMPERATURE, &FAN, &LASER, &POWER_LOW, &CLOCK];
