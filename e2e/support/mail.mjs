// A real SMTP server that keeps every letter.
import { SMTPServer } from "smtp-server";
import PostalMime from "postal-mime";

export async function startMail() {
  const letters = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, session, done) {
      const chunks = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", async () => {
        const raw = Buffer.concat(chunks);
        const letter = await PostalMime.parse(raw, { attachmentEncoding: "utf8", forceRfc822Attachments: false });
        letters.push({ ...letter, raw: raw.toString("utf8"), recipient: session.envelope.rcptTo[0].address });
        done();
      });
    },
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const find = (address, subject) => letters.filter((letter) => letter.recipient === address && subject.test(letter.subject));
  return {
    port: server.server.address().port,
    letters,
    /** The newest letter to an address whose subject matches, waiting for it up to ten seconds. */
    async letter(address, subject, { after = 0 } = {}) {
      for (let tries = 0; tries < 100; tries += 1) {
        const found = find(address, subject);
        if (found.length > after) return found.at(-1);
        await new Promise((later) => setTimeout(later, 100));
      }
      const seen = letters.map((letter) => `${letter.recipient}: ${letter.subject}`).join("\n");
      throw new Error(`no letter to ${address} about ${subject}; there are:\n${seen}`);
    },
    count: (address, subject) => find(address, subject).length,
    stop: () => new Promise((closed) => server.close(closed)),
  };
}

/** The first address in a letter's text whose path begins so. */
export function linkIn(letter, beginning) {
  const found = letter.text.match(new RegExp(`https?://[^\\s]*${beginning}[^\\s]*`));
  if (!found) throw new Error(`no link to ${beginning} in:\n${letter.text}`);
  return found[0];
}

/** The iCalendar object that a letter carries. */
export function calendarIn(letter) {
  const part = letter.attachments.find((attachment) => attachment.mimeType === "text/calendar") ?? letter.attachments.find((attachment) => /\.ics$/.test(attachment.filename ?? ""));
  if (!part) throw new Error(`no calendar object in ${letter.subject}`);
  return typeof part.content === "string" ? part.content : Buffer.from(part.content).toString("utf8");
}
