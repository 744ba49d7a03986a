import type { Words } from './data.ts';

export function durationOf(seconds: number, { table: { units } }: Words): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)}${units.s}`;
  if (minutes < 90) return `${minutes}${units.min}`;
  return `${Math.floor(minutes / 60)}${units.h}${String(minutes % 60).padStart(2, '0')}${units.afterHours}`;
}
