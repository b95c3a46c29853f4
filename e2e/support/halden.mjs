// Halden Group: the people of the journeys, and their people file as an HR system exports it.

const monthsAgo = (months) => {
  const day = new Date();
  day.setUTCDate(1);
  day.setUTCMonth(day.getUTCMonth() - months);
  return day.toISOString().slice(0, 10);
};

const HEADER = "Employee ID,Worker,Work Email,Manager ID,Business Title,Job Level,Department,Location,Hire Date,Time Zone,Languages,Shoe Size";

/** Who works at Halden: leaders from level 7, mentors up to level 4, and some who are neither. */
const PEOPLE = [
  ["1", "Karin Vogt", "", "Chief executive", 10, "Board", "Berlin", 180, "Europe/Berlin", "German; English"],
  ["2", "Ruth Okafor", "1", "Chief financial officer", 9, "Finance", "Lagos", 120, "Africa/Lagos", "English; Igbo"],
  ["3", "Hiroshi Tanaka", "1", "Head of operations", 8, "Operations", "São Paulo", 90, "America/Sao_Paulo", "Japanese; Portuguese; English"],
  ["4", "Carla Brandt", "1", "Head of sales", 8, "Sales", "Hamburg", 70, "Europe/Berlin", "German; English"],
  ["5", "Olumide Adeyemi", "1", "Chief technology officer", 9, "Technology", "Lagos", 60, "Africa/Lagos", "Yoruba; English"],
  ["6", "Inés Duarte", "1", "Head of learning", 6, "People", "Lisbon", 50, "Europe/Lisbon", "Portuguese; English"],
  ["7", "Piet Visser", "6", "System administrator", 5, "People", "Berlin", 80, "Europe/Berlin", "Dutch; English"],
  ["8", "Ana Lim", "5", "Data analyst", 3, "Technology", "Singapore", 30, "Asia/Singapore", "English; Mandarin"],
  ["9", "Elif Kaya", "5", "Automation engineer", 3, "Technology", "Berlin", 26, "Europe/Berlin", "Turkish; German; English"],
  ["10", "Talita Moreira", "3", "Community editor", 4, "Operations", "São Paulo", 40, "America/Sao_Paulo", "Portuguese; English"],
  ["11", "Damilola Balogun", "2", "Security analyst", 2, "Finance", "Lagos", 18, "Africa/Lagos", "Yoruba; English"],
  ["12", "Hugo Lavoie", "4", "Sales trainee", 2, "Sales", "Montréal", 14, "America/Toronto", "French; English"],
  ["13", "Nurul Hassan", "4", "Intern", 1, "Sales", "Singapore", 1, "Asia/Singapore", "Malay; English"],
];

/** `Inés Duarte` has ines.duarte@halden.example. */
export function addressOf(name) {
  const plain = name.normalize("NFD").replace(/[^a-z ]/gi, "").toLowerCase();
  return `${plain.replaceAll(" ", ".")}@halden.example`;
}

/** The people file. Its last column means nothing to the product. */
export function peopleFile() {
  const rows = PEOPLE.map(([id, name, manager, title, level, department, location, months, zone, languages]) =>
    [id, name, addressOf(name), manager, title, level, department, location, monthsAgo(months), zone, languages, "42"].join(","),
  );
  return { name: "halden.csv", mimeType: "text/csv", buffer: Buffer.from(`${[HEADER, ...rows].join("\n")}\n`) };
}

/** How many people the file holds. */
export const headcount = PEOPLE.length;
