#!/usr/bin/env python3
"""A foreign SOAP client (zeep) reads the live WSDLs and calls every operation they list.

    zeep_calls.py BASE_URL CALLER PASSWORD [--transport CALLER:PASSWORD] [--ip ...] [--atm ...] [--resource ...] [--eoms ...]
                  [--call-time 'yyyy-MM-dd HH:mm:ss'] [--strict]

BASE_URL is the part before /soap/<Service>. Exit status 0 means: every listed operation gave an
answer of the contract's shape, and wrong passwords and replays were refused as the contract says.
Without --strict, answers that depend on what the daemon holds (an unknown sync request, an
unknown ticket) may carry another result code than 0.
"""
import argparse
import datetime
import sys
import uuid

import zeep
import zeep.exceptions

ZONE = datetime.timezone(datetime.timedelta(hours=8))
# Operations that must succeed on any daemon; the others may name things that it does not hold.
ALWAYS_OK = {"isAlive", "reportAlarm", "alarmEndNotify", "alarmListRebuilt"}


def arguments(options):
    """Arguments of every operation, without its header."""
    now = options.call_time
    unique = uuid.uuid4().hex[:8]
    number = int(unique, 16)
    alarm = {
        "alarmId": f"zeep-{unique}", "circuitCodes": ["北京天津ANE0365NP", "GD-ZEEP-2"], "specialty": "TRANS", "emsName": "EMS-1",
        "neId": "NE-1", "neName": "光端机 1", "objectId": "NE-1/1/2", "objectType": "PORT", "alarmTitle": "R_LOS <光缆> & more",
        "nativeCause": "R_LOS", "probableCause": "lossOfSignal", "severity": "1", "serviceAffecting": "Y",
        "alarmStatus": "ACTIVE", "neTime": now, "emsTime": now, "vendor": zeep.xsd.Nil,
    }
    def managers(system, specialty):
        """What network managers of every kind tell."""
        told = dict(alarm, specialty=specialty, alarmId=f"zeep-{system}-{unique}")
        return {
            "isAlive": {},
            "reportAlarm": {"notificationId": number, "alarm": [told, dict(told, alarmId=f"zeep-{system}-{unique}-b")]},
            "alarmEndNotify": {"notificationId": number + 1, "alarmId": [f"zeep-{system}-{unique}"], "clearTime": now,
                               "clearType": "EMS", "clearUser": "张三"},
            "alarmListRebuilt": {"notificationId": number + 2, "reason": "restart"},
            "pmTaskStatusNotify": {"notificationId": number + 5, "pmTaskId": "GD_CNM-P-00009999", "status": "FAILED", "reason": "无资源"},
        }

    def files_of(system):
        """What managers tell that put files on their site."""
        return {
            "alarmSyncNotify": {"notificationId": number + 3, "syncReqId": "GD_CNM-ALM-20261001000000-000001", "result": 0,
                                "fileList": [f"/{system}/ALM/20261001/ALM-x-001.csv.gz"], "alarmCount": 0, "syncStart": now, "syncEnd": now},
            "pmDataReadyNotify": {"notificationId": number + 4, "pmTaskId": "GD_CNM-P-00000001", "periodStart": "2026-10-01 00:00:00",
                                  "periodEnd": "2026-10-01 00:15:00",
                                  "fileList": [f"/{system}/PM/20261001/PM-GD_CNM-P-00000001-15M-202610010000-001.csv.gz"]},
        }
    files = ["/GD_RMS/RES/20261001/RES-GD_RMS-NE-FULL-20261001000000-001of001.csv.gz"]
    return {
        "CnmForTransport": {**managers("GD_TNMS", "TRANS"), **files_of("GD_TNMS")},
        "CnmForIp": {**managers("GD_IPNMS", "IP"), **files_of("GD_IPNMS"), "testResultNotify": {
            "notificationId": number + 6, "testId": "GD_CNM-T-00009999", "status": "partial", "sent": 10, "received": 9, "lossRatio": "0.1",
            "rttMin": "1.5", "rttAvg": "2.5", "rttMax": "4", "jitterAvg": "0.5", "jitterMax": "1"}},
        "CnmForAtm": managers("GD_ATMNMS", "ATM"),
        "CnmForResource": {
            "resourceFileReadyNotify": {"notificationId": number, "syncReqId": "GD_CNM-RES-20261001000000-000001", "class": "NE",
                                        "mode": "FULL", "fileList": files},
            "resourceChangeNotify": {"notificationId": number + 1, "class": "REGION", "opType": "ADD", "key": f"R-{unique}",
                                     "fields": [{"name": "regionId", "value": f"R-{unique}"}, {"name": "name", "value": "测试"}]},
            "resourceSyncAbort": {"notificationId": number + 2, "syncReqId": "GD_CNM-RES-20261001000000-000001", "reason": "no space"},
        },
        "CnmForEoms": {
            "isAlive": {},
            "syncSheetState": detail(now, alarmId="GD_CNM_F1-1", sheetNo="HB-051", sheetStatus="T1", statusTime=now, dealTimeLimit=now),
            "confirmWorkSheet": detail(now, alarmId="GD_CNM_F1-1", sheetNo="HB-051"),
            "replyWorkSheet": detail(now, alarmId="GD_CNM_F1-1", sheetNo="HB-051", restoreTime=now, causeClass="光缆",
                                     responsibleParty="carrier", exclusionCode="", action="接续 <2> & 测试"),
            "withdrawWorkSheet": detail(now, alarmId="GD_CNM_F1-1", sheetNo="HB-051", withdrawReason="误报"),
            "suspendWorkSheet": detail(now, alarmId="GD_CNM_F1-1", sheetNo="HB-051", suspendTime=now, reasonCode="CUSTOMER_POWER"),
            "resumeWorkSheet": detail(now, alarmId="GD_CNM_F1-1", sheetNo="HB-051", resumeTime=now),
            "syncKeyProtectCircuit": detail(now, taskNo=f"T-{unique}", level="A", startTime=now, endTime=now,
                                            circuitCodes="北京天津ANE0365NP", opType="ADD"),
            "syncCutover": detail(now, cutoverNo=f"C-{unique}", title="割接", cutStartTime=now, cutEndTime=now, isAffect="0",
                                  circuitCodes="北京天津ANE0365NP", opType="ADD", revision="1"),
        },
    }


def detail(now, **fields):
    """The positional arguments with `opDetail` as XML in a string, as e-ops systems send it."""
    def escaped(text):
        return text.replace("&", "&amp;").replace("<", "&lt;")
    body = "".join(f"<fieldInfo><fieldChName/><fieldEnName>{name}</fieldEnName><fieldContent>{escaped(value)}</fieldContent></fieldInfo>"
                   for name, value in fields.items())
    return {"opPerson": "李四", "opCorp": "省公司", "opDepart": "网管", "opContact": "13800000000", "opTime": now,
            "opDetail": f"<opDetail><recordInfo>{body}</recordInfo></opDetail>"}


def header(options, kind, msg_id=None):
    caller, password = options.credentials[kind]
    fields = {"serSupplier": "GD_CNM", "serCaller": caller, "callerPwd": password, "callTime": options.call_time}
    return dict(fields, msgId=msg_id or uuid.uuid4().hex) if kind != "CnmForEoms" else fields


def call(client, service, operation, head, args):
    port = client.service if hasattr(client, "service") else client
    if service == "CnmForEoms":
        return port[operation](**head, **args)
    return port[operation](header=head, **args)


def fault_code(action):
    """The resultCode of the fault that `action` must raise."""
    try:
        answer = action()
    except zeep.exceptions.Fault as fault:
        return next((part.text for part in fault.detail.iter() if part.tag.endswith("resultCode")), None)
    raise SystemExit(f"no fault, but the answer {answer}")


def result_of(service, answer):
    """Result code of an answer: `0`, or what is wrong."""
    if service == "CnmForEoms":
        return str(answer).split(":")[0].split(";")[0]
    if isinstance(answer, (int, str)):
        return str(answer)
    return str(answer["resultCode"])


def call_all(options, service, table):
    client = zeep.Client(f"{options.base_url}/soap/{service}?wsdl")
    listed = {name for found in client.wsdl.services.values() for port in found.ports.values() for name in port.binding._operations}
    if listed != set(table):
        raise SystemExit(f"{service}: the WSDL lists {sorted(listed)}, this client knows {sorted(table)}")
    for operation, args in table.items():
        answer = call(client, service, operation, header(options, service), args)
        code = result_of(service, answer)
        print(f"{service}.{operation}: {code}")
        rows = getattr(answer, "results", None)
        if rows is not None and operation in ALWAYS_OK:
            raise SystemExit(f"{service}.{operation}: rows were refused: {rows}")
        if code != "0" and (options.strict or operation in ALWAYS_OK):
            raise SystemExit(f"{service}.{operation}: expected 0, got {answer}")
    return client


def refusals(options, service, client, table):
    operation, args = list(table.items())[-1]
    head = header(options, service)
    expect = {"2002": dict(head, callerPwd="wrong"), "2001": dict(head, serCaller="XX_NOBODY"),
              "2004": dict(head, callTime="2001-01-01 00:00:00")}
    for code, changed in expect.items():
        seen = fault_code(lambda: call(client, service, operation, changed, args))
        if seen != code:
            raise SystemExit(f"{service}.{operation}: expected fault {code}, got {seen}")
    print(f"{service}: refusals {', '.join(expect)}")


def replays(options, client, table):
    service, args = "CnmForTransport", table["alarmListRebuilt"]
    head = header(options, service, msg_id=uuid.uuid4().hex)
    first = call(client, service, "alarmListRebuilt", head, args)
    again = call(client, service, "alarmListRebuilt", dict(head, callTime="2001-01-01 00:00:00"), args)
    if str(first) != str(again):
        raise SystemExit(f"a replay was answered with {again} after {first}")
    seen = fault_code(lambda: call(client, service, "alarmListRebuilt", head, dict(args, reason="another")))
    if seen != "2005":
        raise SystemExit(f"a msgId with another body: expected fault 2005, got {seen}")
    print("replays: same answer, 2005 for another body")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base_url")
    parser.add_argument("caller")
    parser.add_argument("password")
    for kind in ("transport", "ip", "atm", "resource", "eoms"):
        parser.add_argument(f"--{kind}", metavar="CALLER:PASSWORD", help=f"other credentials for the {kind} service")
    parser.add_argument("--call-time", default=datetime.datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S"))
    parser.add_argument("--strict", action="store_true", help="every answer must be 0")
    options = parser.parse_args()
    options.base_url = options.base_url.rstrip("/")
    options.credentials = {
        f"CnmFor{kind.capitalize()}": tuple((getattr(options, kind) or f"{options.caller}:{options.password}").split(":", 1))
        for kind in ("transport", "ip", "atm", "resource", "eoms")
    }
    for service, table in arguments(options).items():
        client = call_all(options, service, table)
        refusals(options, service, client, table)
        if service == "CnmForTransport":
            replays(options, client, table)
    print("all listed operations answered")


if __name__ == "__main__":
    sys.exit(main())
