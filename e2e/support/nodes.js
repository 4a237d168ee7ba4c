// Several nodes of one installation: a PostgreSQL, a process each, and a balancer before them.
import { Balancer } from './balancer.js';
import { Pigeon } from './pigeon.js';
import { Postgres } from './postgres.js';

export class Nodes {
  /** `nodes`: how many; the rest as for one Pigeon. */
  static async start({ nodes, env = {}, ...more }) {
    const all = new Nodes();
    all.nodes = [];
    try {
      all.postgres = await Postgres.start();
      all.balancer = await Balancer.start();
      all.url = `http://localhost:${all.balancer.port}`;
      const shared = { ...env, PIGEON_DATABASE_URL: all.postgres.url, PIGEON_SITE_URL: all.url };
      for (let n = 0; n < nodes; n += 1) {
        // Whoever is there first sets the database up.
        const joins = n > 0;
        all.nodes.push(await Pigeon.start({ ...more, env: shared, joins, people: joins ? [] : more.people }));
      }
      all.prefer(all.nodes[0]);
    } catch (trouble) {
      await all.stop();
      throw trouble;
    }
    return all;
  }

  /** New connections go to this node, and to the others only if it is gone. */
  prefer(node) {
    const others = this.nodes.filter((it) => it !== node);
    this.balancer.prefer([node, ...others].map((it) => it.port));
  }

  /** How many event streams hang on a node. */
  streams(node) {
    return this.balancer.asked('/pigeon/events').filter((port) => port === node.port).length;
  }

  async stop() {
    this.balancer?.stop();
    for (const node of this.nodes) await node.stop();
    await this.postgres?.stop();
  }
}
