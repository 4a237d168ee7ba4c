// A throw-away PostgreSQL: it is there until `stop`, or until this process ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const script = resolve(import.meta.dirname, '../../scripts/with-postgres');

export class Postgres {
  static async start() {
    const postgres = new Postgres();
    // The script keeps it for as long as its command runs, and that one for as long as we keep its input open.
    postgres.script = spawn(script, ['sh', '-c', 'echo "$TEST_DATABASE_URL"; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const failed = once(postgres.script, 'exit').then(([code]) => {
      throw new Error(`with-postgres: ${code}`);
    });
    failed.catch(() => {});
    const [said] = await Promise.race([once(postgres.script.stdout, 'data'), failed]);
    postgres.url = String(said).trim();
    return postgres;
  }

  async stop() {
    if (this.script.exitCode !== null) return;
    this.script.stdin.end();
    await once(this.script, 'exit');
  }
}
