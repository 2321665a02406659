// A channel, for as long as the page lives. The browser comes back by itself after a broken connection, but not after an
// answer that is no stream (from a proxy while the server restarts, say).

export function listen(
  path: string,
  name: string,
  heard: (data: unknown) => void,
  live: (isLive: boolean) => void,
): void {
  let last = '';
  let pause = 500;
  const open = (): void => {
    const source = new EventSource(last ? `${path}?after=${last}` : path);
    source.addEventListener(name, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      if (lastEventId) last = lastEventId;
      heard(JSON.parse(data));
    });
    source.addEventListener('open', () => {
      pause = 500;
      live(true);
    });
    source.addEventListener('error', () => {
      live(false);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, 15_000);
    });
  };
  open();
}
