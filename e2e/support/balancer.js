// A load balancer in front of several nodes: plain TCP, to the first that is alive.
import { createServer, connect } from 'node:net';
import { once } from 'node:events';

export class Balancer {
  /** Takes connections at a port of its own and hands them to `nodes` (ports), the first first. */
  static async start(nodes) {
    const balancer = new Balancer();
    balancer.nodes = nodes;
    balancer.open = new Set();
    balancer.server = createServer((client) => balancer.#hand(client, 0)).listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    balancer.port = balancer.server.address().port;
    return balancer;
  }

  #hand(client, at) {
    this.open.add(client);
    client.on('close', () => this.open.delete(client));
    client.on('error', () => {});
    if (at >= this.nodes.length) return client.destroy();
    const node = connect(this.nodes[at], '127.0.0.1');
    node.once('error', () => this.#hand(client, at + 1));
    node.once('connect', () => {
      node.removeAllListeners('error');
      node.on('error', () => client.destroy());
      client.on('error', () => node.destroy());
      client.pipe(node).pipe(client);
    });
  }

  async stop() {
    this.server.close();
    for (const client of this.open) client.destroy();
  }
}
