// A daemon of a test's own, with a transport manager that speaks SOAP to it: to be flooded, killed and
// started again without harm to the demo that the other tests look at.
//
// Environment: LINESMAN_PROGRAM, the program to start (default: the release build of this tree).
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort, type Person } from './browser';

const ROOT = new URL('../../../../', import.meta.url).pathname;
const PROGRAM = process.env['LINESMAN_PROGRAM'] ?? join(ROOT, 'target/release/linesman');
const INVENTORY = join(ROOT, 'tests/data/scenarios/plain');
const PASSWORD = 'stand-password-2026';
const CALLER = 'GD_TNMS';

export interface Report {
  id: string;
  object: string;
  severity: 1 | 2 | 3 | 4;
  status?: 'ACTIVE' | 'CLEARED';
}

export class Stand {
  readonly admin: Person = { login: 'stand-admin', password: 'kept-by-the-tests-1' };
  readonly customer: Person = { login: 'stand-customer', password: 'kept-by-the-tests-2' };
  url = '';
  #folder = '';
  #child: ChildProcess | undefined;
  #sent = 0;

  /** Starts it with the inventory of the plain scenario; one person of each kind. */
  async start(customerNo: string): Promise<this> {
    this.#folder = await mkdtemp(join(tmpdir(), 'linesman-stand-'));
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    await writeFile(join(this.#folder, 'peer.secret'), PASSWORD);
    await writeFile(join(this.#folder, 'linesman.toml'), configuration(port));
    await promisify(execFile)(PROGRAM, ['import', '--config', join(this.#folder, 'linesman.toml'), INVENTORY]);
    const secret = await this.launch();
    await this.#post('/setup', { secret, ...this.admin });
    const cookie = await this.#signIn();
    await this.#post('/users', { ...this.customer, name: 'IT', role: 'customer', customerNo, language: 'en' }, cookie);
    return this;
  }

  /** Starts the program on its data; gives the set-up secret that it prints the first time. */
  async launch(): Promise<string> {
    const child = spawn(PROGRAM, ['serve', '--config', join(this.#folder, 'linesman.toml')], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    let secret = '';
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('set-up')) secret = line.trim().split(/\s+/).at(-1) ?? '';
      if (line.startsWith('operations')) break;
    }
    child.stdout.resume();
    return secret;
  }

  /** As a power cut would. */
  kill(): Promise<void> {
    const child = this.#child;
    return new Promise((done) => {
      child?.once('exit', () => done());
      child?.kill('SIGKILL');
    });
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Reports alarms as the manager does; an answer other than 0 is an error. */
  async report(alarms: Report[]): Promise<void> {
    const now = local();
    const number = ++this.#sent;
    const header = `<serSupplier>GD_CNM</serSupplier><serCaller>${CALLER}</serCaller><callerPwd>${PASSWORD}</callerPwd><callTime>${now}</callTime><msgId>stand-${process.pid}-${number}</msgId>`;
    const body = `<reportAlarm xmlns="urn:linesman:cnm:transport:1"><header>${header}</header><notificationId>${number}</notificationId>${alarms.map((alarm) => record(alarm, now)).join('')}</reportAlarm>`;
    const answer = await fetch(`${this.url}/soap/CnmForTransport`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/xml; charset=utf-8' },
      body: `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>${body}</Body></Envelope>`,
    });
    const text = await answer.text();
    if (!answer.ok || !/resultCode>0</.test(text)) throw new Error(`report refused: ${answer.status} ${text}`);
  }

  async #signIn(): Promise<string> {
    const answer = await this.#post('/session', this.admin);
    return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
  }

  async #post(path: string, body: unknown, cookie = ''): Promise<Response> {
    const headers = { 'Content-Type': 'application/json', 'X-Linesman': '1', Origin: this.url, Cookie: cookie };
    const answer = await fetch(`${this.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

function configuration(port: number): string {
  return `sys_code = "GD_CNM"
[web]
listen = "127.0.0.1:${port}"
[operations]
listen = "127.0.0.1:0"
[store]
data = "data"
[log]
level = "error"
[[peer]]
caller = "${CALLER}"
kind = "transport"
password_file = "peer.secret"
allow = ["127.0.0.0/8"]
`;
}

function record(alarm: Report, now: string): string {
  const status = alarm.status ?? 'ACTIVE';
  const cleared = status === 'CLEARED' ? `<clearTime>${now}</clearTime><clearType>EMS</clearType>` : '';
  const place = `<neId>${alarm.object.split('-')[0]}</neId><neName>${alarm.object}</neName><objectId>${alarm.object}</objectId><objectType>PORT</objectType>`;
  return `<alarm><alarmId>${alarm.id}</alarmId><specialty>TRANS</specialty><emsName>EMS1</emsName>${place}<alarmTitle>R_LOS</alarmTitle><nativeCause>R_LOS</nativeCause><probableCause>lossOfSignal</probableCause><severity>${alarm.severity}</severity><serviceAffecting>Y</serviceAffecting><alarmStatus>${status}</alarmStatus><neTime>${now}</neTime><emsTime>${now}</emsTime>${cleared}</alarm>`;
}

/** The manager's wall clock, UTC+8. */
function local(): string {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
