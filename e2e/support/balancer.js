// A load balancer in front of several nodes: plain TCP, to the first of them that takes the connection.
import { connect, createServer } from 'node:net';
import { once } from 'node:events';

export class Balancer {
  static async start() {
    const balancer = new Balancer();
    balancer.open = new Set();
    balancer.server = createServer((client) => balancer.#take(client)).listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    balancer.port = balancer.server.address().port;
    return balancer;
  }

  /** New connections go to the first of these ports that is alive; those that are open stay where they are. */
  prefer(ports) {
    this.ports = ports;
  }

  /** The ports at which something is being asked whose path begins so, once for each connection. */
  asked(path) {
    return [...this.open].filter((it) => it.path?.startsWith(path)).map((it) => it.port);
  }

  #take(client) {
    const line = { client };
    this.open.add(line);
    client.on('error', () => {});
    client.on('close', () => this.open.delete(line));
    this.#hand(line, [...this.ports]);
  }

  #hand(line, [port, ...others]) {
    const { client } = line;
    if (!port || client.destroyed) return client.destroy();
    const node = connect(port, '127.0.0.1');
    const next = () => this.#hand(line, others);
    node.once('error', next);
    node.once('connect', () => {
      node.off('error', next);
      line.port = port;
      client.on('data', (chunk) => {
        line.path = /^[A-Z]+ (\S+) HTTP/.exec(chunk.toString('latin1'))?.[1] ?? line.path;
      });
      // When one end goes, so does the other.
      node.on('error', () => client.destroy());
      node.on('close', () => client.destroy());
      client.on('close', () => node.destroy());
      client.pipe(node).pipe(client);
    });
  }

  stop() {
    this.server.close();
    for (const { client } of this.open) client.destroy();
  }
}
