// Numbers, sizes and times as a person reads them.

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 3, useGrouping: false });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** Only large numbers are grouped: a smaller one may be a port, a line, a process's id. */
export const formatNumber = (value: number): string => (Math.abs(value) < 1e6 ? plain : grouped).format(value);
export const formatCompact = (value: number): string => compact.format(value);

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function formatDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

export function formatClock(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString('en-GB');
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

export function formatAgo(since: number, now: number): string {
  const seconds = Math.max(0, (now - since) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(since).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}
