// Starts the release binary in a folder of its own, with a real mail server beside it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target');
const binary = (name) => join(target, process.env.PIGEON_PROFILE ?? 'release', name);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until `look` gives something, and gives that. */
export async function eventually(look, what, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`no ${what} in ${ms} ms`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

export class Pigeon {
  /**
   * `mailServer: false` leaves mail to the built-in catcher; `env` is added; `people` have accounts from the start;
   * `clock` is a time (UTC) that passes slowly, where Debian's faketime is installed; `joins`: others have set up the
   * database already.
   */
  static async start({ mailServer = true, env = {}, people = [], clock, joins = false } = {}) {
    const pigeon = new Pigeon();
    pigeon.dir = mkdtempSync(join(tmpdir(), 'pigeon-e2e-'));
    if (clock) pigeon.clock(clock);
    pigeon.port = await freePort();
    pigeon.url = `http://localhost:${pigeon.port}`;
    if (mailServer) await pigeon.#startSink();
    pigeon.#prepare(env);
    if (joins) await pigeon.startAgain();
    else await pigeon.#startServer();
    for (const who of people) await pigeon.add(who);
    return pigeon;
  }

  async #startSink() {
    this.mailDir = join(this.dir, 'mails');
    this.sink = spawn(binary('smtp-sink'), [
      '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', '--dir', this.mailDir,
    ]);
    const said = lines(this.sink.stdout);
    this.smtp = (await said.next()).value.split(' ')[1];
    this.control = (await said.next()).value.split(' ')[1];
  }

  #prepare(more) {
    this.errors = '';
    this.env = {
      PATH: process.env.PATH,
      ...this.fakeTime,
      PIGEON_LISTEN: `127.0.0.1:${this.port}`,
      PIGEON_SITE_URL: this.url,
      PIGEON_DATA_DIR: join(this.dir, 'data'),
      PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES: '1000',
      ...more,
    };
    if (this.smtp) this.env.PIGEON_SMTP_URL = `smtp://${this.smtp}`;
  }

  async #startServer() {
    this.server = spawn(binary('pigeon'), ['serve'], { cwd: this.dir, env: this.env });
    this.server.stderr.on('data', (text) => (this.errors += text));
    for await (const line of lines(this.server.stdout)) {
      if (line.includes('/pigeon/setup#')) {
        this.setupUrl = line.trim().split(' ').at(-1);
        break;
      }
    }
    await this.#ready();
  }

  async #ready() {
    await eventually(async () => {
      const answer = await fetch(`${this.url}/pigeon/health/ready`).catch(() => null);
      return answer?.ok;
    }, `answer of ${this.url} (${this.errors})`);
  }

  /** Ends the server as a power cut would. */
  async kill() {
    this.server.kill('SIGKILL');
    await once(this.server, 'exit');
  }

  /** Starts it where it was before, or where others are. */
  async startAgain() {
    this.server = spawn(binary('pigeon'), ['serve'], { cwd: this.dir, env: this.env });
    this.server.stdout.resume();
    this.server.stderr.on('data', (text) => (this.errors += text));
    await this.#ready();
  }

  /** Runs a command beside the server. */
  async run(...words) {
    const input = words.at(-1)?.input;
    if (input !== undefined) words.pop();
    const child = spawn(binary('pigeon'), words, {
      cwd: this.dir,
      env: this.env,
    });
    let out = '';
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (out += text));
    child.stdin.end(input ?? '');
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`pigeon ${words.join(' ')}: ${code}: ${out}`);
    return out;
  }

  /** Adds an account. */
  add({ name, email, password, may = ['--admin'] }) {
    return this.run('user', 'add', '--email', email, '--name', name, ...may, '--password-stdin', { input: password });
  }

  /** The mails that arrived for an address, oldest first. */
  mailsTo(address) {
    return this.mails().filter((mail) => mail.to.includes(address));
  }

  mails() {
    let files = [];
    try {
      files = readdirSync(this.mailDir).filter((name) => name.endsWith('.eml')).sort();
    } catch {
      return [];
    }
    return files.map((name) => parse(readFileSync(join(this.mailDir, name), 'utf8')));
  }

  /** The `n`th mail to an address, once it is there. */
  async mailTo(address, n = 1) {
    return eventually(() => this.mailsTo(address)[n - 1], `mail ${n} to ${address}`);
  }

  /** Sets the clock of a Pigeon that was started with one. A minute of it lasts for an hour of ours. */
  clock(time) {
    this.fakeTime ??= {
      LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1',
      FAKETIME_TIMESTAMP_FILE: join(this.dir, 'clock'),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    // At one stroke: the clock is read all the time.
    const next = join(this.dir, 'next-clock');
    writeFileSync(next, `@${time} x0.016\n`);
    renameSync(next, this.fakeTime.FAKETIME_TIMESTAMP_FILE);
  }

  /** Tells the mail server how to behave. */
  async mailServer(mode) {
    const [host, port] = this.control.split(':');
    const socket = connect(Number(port), host);
    socket.write(`${mode}\n`);
    await once(socket, 'data');
    socket.end();
  }

  async stop() {
    for (const child of [this.server, this.sink]) {
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function* lines(stream) {
  let rest = '';
  for await (const chunk of stream) {
    rest += chunk;
    for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1)) {
      yield rest.slice(0, end);
    }
  }
}

/** Takes a mail apart as far as the tests look. */
function parse(raw) {
  const [head] = raw.split(/\r?\n\r?\n/, 1);
  const headers = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const at = line.indexOf(':');
    headers[line.slice(0, at).toLowerCase()] = plain(line.slice(at + 1).trim());
  }
  const text = part(raw, 'text/plain');
  const html = part(raw, 'text/html');
  const links = [...text.matchAll(/https?:\/\/\S+/g)].map(([link]) => link);
  return { raw, headers, to: headers.to ?? '', subject: headers.subject ?? '', text, html, links };
}

/** A header as its reader sees it. */
function plain(header) {
  const one = (all, how, text) => {
    if (/b/i.test(how)) return Buffer.from(text, 'base64').toString('utf8');
    const bytes = text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  };
  return header.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, one);
}

function part(raw, type) {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1];
  const found = raw.split(`--${boundary}`).find((part) => part.trimStart().startsWith(`Content-Type: ${type}`));
  if (!found) return '';
  const [head, ...body] = found.split(/\r?\n\r?\n/);
  const text = body.join('\n\n');
  if (/quoted-printable/i.test(head)) {
    const bytes = text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString('utf8');
  return text;
}
