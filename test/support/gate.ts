import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port in front of a server, which can go away and come back. */
export interface Gate {
  readonly origin: string;
  /** Cuts every connection and refuses new ones. */
  shut(): Promise<void>;
  /** Listens again, on the same port. */
  reopen(): Promise<void>;
}

/** Opens a port that leads to an origin. */
export async function openGate(target: string): Promise<Gate> {
  const sockets = new Set<Socket>();
  const targetPort = Number(new URL(target).port);

  const gate = createServer((socket) => {
    const onward = connect(targetPort, '127.0.0.1');
    for (const [end, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        sockets.delete(end);
        other.destroy();
      });
      end.pipe(other);
    }
  });

  const listen = (port: number) =>
    new Promise<void>((resolve) => gate.listen(port, '127.0.0.1', resolve));
  await listen(0);
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = gate.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async shut() {
      const closed = new Promise<void>((resolve) => gate.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    reopen: () => listen(port),
  };
}
