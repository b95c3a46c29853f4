// What the admin does first, and how everybody gets in.
import { linkIn } from "../mail.mjs";
import { fine } from "../browser.mjs";
import { addressOf, headcount, peopleFile } from "../halden.mjs";

/** The first visitor of an empty server becomes its admin. */
export async function setUp(admin, name) {
  const { page } = admin;
  await page.goto("/");
  await page.getByLabel("Name", { exact: true }).fill("Halden Group");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Work e-mail").fill(addressOf(name));
  await page.getByLabel("Password", { exact: true }).fill("four plain words here");
  await page.getByLabel("Password again").fill("four plain words here");
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByRole("heading", { name: "First, bring your people in" }).waitFor();
  await fine(admin, "home-empty");
}

/** Uploads the people file, confirms what its columns mean, looks at the dry run and says yes. */
export async function importPeople(admin) {
  const { page } = admin;
  await page.getByRole("link", { name: "Import people" }).click();
  await page.getByRole("heading", { name: "Import people" }).waitFor();
  await fine(admin, "import");
  await page.getByLabel("People file").setInputFiles(peopleFile());
  await page.getByRole("button", { name: "Upload and look at it" }).click();
  await page.getByText(`${headcount} rows, separated by commas, UTF-8`).waitFor();
  await page.getByLabel("Shoe Size").selectOption("Left out");
  await fine(admin, "import-columns");
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("heading", { name: "What this import would do" }).waitFor();
  await fine(admin, "import-checked");
  await page.getByRole("button", { name: `Import ${headcount} changes` }).click();
  await page.getByRole("heading", { name: "What changed" }).waitFor();
  await fine(admin, "import-done");
  await page.getByRole("link", { name: "See the directory" }).click();
  await page.getByText(`${headcount} people work here`).waitFor();
  await fine(admin, "directory");
  await page.getByRole("link", { name: "Ana Lim" }).click();
  await page.getByText("Data analyst").first().waitFor();
  await fine(admin, "directory-person");
}

/** Lets somebody start programs. */
export async function letStartPrograms(admin, name) {
  const { page } = admin;
  await page.goto("/admin/roles");
  await page.getByLabel("E-mail of a person in the directory").fill(addressOf(name));
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "May start programs" });
  await page.getByRole("button", { name: "Give" }).click();
  await page.getByRole("row", { name: new RegExp(name) }).waitFor();
  await fine(admin, "roles");
}

/** Signs in with the link that the letter brings. */
export async function signInByLetter(who, mail, name) {
  const { page } = who;
  await page.goto("/sign-in");
  await page.getByLabel("Work e-mail").first().fill(addressOf(name));
  const before = mail.count(addressOf(name), /sign in/);
  await page.getByRole("button", { name: "E-mail me a link" }).click();
  await page.goto(linkIn(await mail.letter(addressOf(name), /sign in/, { after: before }), "/sign-in/links/"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Home" }).waitFor();
}
