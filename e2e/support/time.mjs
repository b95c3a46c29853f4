// The journeys run on the server's own clock. Forms take minutes, so a meeting that has to begin is planned for the
// next full minute that leaves time to plan it, and waited for.

/** The next full minute that is at least so many seconds away. */
export function soon(seconds) {
  return new Date(Math.ceil((Date.now() + seconds * 1000) / 60_000) * 60_000);
}

/** A moment as a `datetime-local` field of somebody in a zone takes it: 2026-05-14T16:00. */
export function localTime(at, zone) {
  return at.toLocaleString("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).replace(" ", "T");
}

/** Waits until a moment is over. */
export async function until(at) {
  await new Promise((later) => setTimeout(later, Math.max(0, at - Date.now() + 200)));
}
