//! Header rows as systems write them.

use counterflow_roster::{Confidence, Field, Mapping, MappingError, NameOrder, Target, Why};

use super::table;

/// The guessed fields in the order of the columns; `.` for columns that are left out.
fn guessed(text: &str) -> String {
    let guess = Mapping::guess(&table(text));
    let keys = guess.columns.iter().map(|column| match &column.target {
        Target::Field(field) => field.key().into_owned(),
        Target::Ignore => ".".to_owned(),
    });
    keys.collect::<Vec<_>>().join(" ")
}

#[test]
fn workday() {
    let text = "\
Employee ID,Worker,Business Title,Management Level,Supervisory Organization,Worker's Manager,Manager ID,Location,\
Time Zone,Hire Date,Termination Date,Worker Status,Email - Primary Work,Email - Primary Home,Date of Birth
40001,Fiona Gallagher,Chief Executive,1 Executive,Executive Office,,,Dublin,GMT Dublin Time (Dublin),2011-03-01,,\
Active,fiona@halden.example,fiona@home.example,1970-01-01
40002,Wei Zhang (On Leave),Engineer,8 Individual Contributor,Platform,Fiona Gallagher,40001,Singapore,\
GMT+08:00 Singapore Time (Singapore),2019-09-15,,On Leave,wei@halden.example,wei@home.example,1990-01-01
";
    assert_eq!(
        guessed(text),
        "employee_id name title level department manager_name manager_id location time_zone start_date end_date \
         status email . ."
    );
}

#[test]
fn bamboo_hr() {
    let text = "\
Employee #,First Name,Last Name,Preferred Name,Work Email,Home Email,Job Title,Reporting to,Supervisor EID,Department,\
Division,Location,Hire Date,Termination Date,Status,Employment Status
1,Fiona,Gallagher,,fiona@halden.example,f@home.example,CEO,,,Office,Corporate,Dublin,03/01/2011,,Active,Full-Time
2,Wei,Zhang,,wei@halden.example,w@home.example,Engineer,Fiona Gallagher,1,Platform,Product,Singapore,09/15/2019,,\
Active,Full-Time
";
    assert_eq!(
        guessed(text),
        "employee_id first_name last_name . email . title manager_name manager_id department . location start_date \
         end_date status ."
    );
}

#[test]
fn success_factors() {
    // MANAGER holds the manager's USERID, and EMPID is another number.
    let text = "\
STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,MI,GENDER,EMAIL,MANAGER,HR,DEPARTMENT,JOBCODE,DIVISION,LOCATION,TIMEZONE,\
HIREDATE,EMPID,TITLE,BIZ_PHONE
active,fgallagher,fiona.g,Fiona,Gallagher,,F,fiona@halden.example,NO_MANAGER,NO_HR,Office,C1,Corp,Dublin,Europe/Dublin,\
03/01/2011,40001,CEO,1
active,wzhang,wei.z,Wei,Zhang,,M,wei@halden.example,fgallagher,NO_HR,Platform,C2,Corp,Singapore,Asia/Singapore,\
09/15/2019,40002,Engineer,2
active,kboateng,kwame.b,Kwame,Boateng,,M,kwame@halden.example,fgallagher,NO_HR,Platform,C2,Corp,Accra,Africa/Accra,\
09/15/2019,40003,Engineer,3
";
    assert_eq!(
        guessed(text),
        "status employee_id . first_name last_name . . email manager_id . department . . location time_zone start_date \
         . title ."
    );
}

#[test]
fn personio_and_sap_in_german() {
    let text = "\
Personalnummer;Vorname;Nachname;E-Mail;Position;Abteilung;Standort;Vorgesetzte(r);Eintrittsdatum;Letzter Arbeitstag;Status
1;Jörg;Müller;j.mueller@halden.example;Leiter;IT;Köln;;01.03.2011;;Aktiv
2;Ana;Sol;a.sol@halden.example;Referentin;IT;Köln;j.mueller@halden.example;15.09.2019;;In Elternzeit
";
    assert_eq!(
        guessed(text),
        "employee_id first_name last_name email title department location manager_email start_date end_date status"
    );
    let text = "Pers.Nr.\tName\tVorname\tOrganisationseinheit\tDienst-E-Mail\n1\tMüller\tJörg\tIT\tj@halden.example\n";
    assert_eq!(guessed(text), "employee_id last_name first_name department email");
}

#[test]
fn french_and_spanish() {
    let text = "\
Matricule;Nom;Prénom;Adresse e-mail;Intitulé du poste;Service;Lieu de travail;N+1;Date d'embauche;Date de sortie;Statut
1;Dupont;Zoé;z.dupont@halden.example;Directrice;RH;Lyon;;01/03/2011;;Actif
2;Martin;Luc;l.martin@halden.example;Chargé;RH;Lyon;1;15/09/2019;;Actif
";
    assert_eq!(
        guessed(text),
        "employee_id last_name first_name email title department location manager_id start_date end_date status"
    );
    let text = "\
Nº de empleado,Nombre,Apellidos,Correo electrónico,Puesto,Departamento,Centro de trabajo,Jefe directo,Fecha de alta,\
Fecha de baja,Idiomas
1,Inés,Duarte,i.duarte@halden.example,Directora,RRHH,Madrid,,01/03/2011,,español
2,Luis,Gil,l.gil@halden.example,Técnico,RRHH,Madrid,Inés Duarte,15/09/2019,,inglés
";
    assert_eq!(
        guessed(text),
        "employee_id first_name last_name email title department location manager_name start_date end_date languages"
    );
}

#[test]
fn by_hand() {
    let check = |text: &str, expected: &str| assert_eq!(guessed(text), expected, "{text}");
    check("name,email,manager\nAna Sol,a@x.example,\nBo Li,b@x.example,a@x.example\n", "name email manager_email");
    check("name,email,reports to\nAna Sol,a@x.example,\nBo Li,b@x.example,Ana Sol\n", "name email manager_name");
    check("id,name,mail,boss\n1,Ana,a@x.example,\n2,Bo,b@x.example,1\n", "employee_id name email manager_id");
    check("Who,Contact,Team\nAna,a@x.example,Ops\nBo,b@x.example,Ops\n", ". email department");
    // Headers that lie: an e-mail column without e-mails, a manager's id that is an e-mail.
    check("name,email\nAna,1\nBo,2\n", "name .");
    check("name,email,manager id\nAna,a@x.example,\nBo,b@x.example,a@x.example\n", "name email manager_email");
    // Private addresses are nobody's business.
    check("name,personal email\nAna,a@home.example\nBo,b@home.example\n", "name .");
}

#[test]
fn reasons_and_confidence_are_given() {
    let table = table(
        "Worker,Work Email,Email,Corporate Mail Contact,Manager,Shoe size\n\
         Ana Sol,a@x.example,a@y.example,,,38\nBo Li,b@x.example,b@y.example,,Ana Sol,39\n",
    );
    let guess = Mapping::guess(&table);
    let check = |column: usize, target: Target, confidence, why: Why| {
        let found = &guess.columns[column];
        assert_eq!((&found.target, found.confidence, &found.why), (&target, confidence, &why), "{}", found.header);
    };
    let email = || Field::Email;
    let better = || Why::BetterColumn { field: email(), header: "Work Email".to_owned() };
    check(0, Field::Name.into(), Confidence::High, Why::KnownHeader);
    check(1, email().into(), Confidence::High, Why::KnownHeader);
    check(2, Target::Ignore, Confidence::Low, better());
    check(3, Target::Ignore, Confidence::Low, better());
    let names = Why::Values { look: counterflow_roster::Look::Names };
    check(4, Field::ManagerName.into(), Confidence::Medium, names);
    check(5, Target::Ignore, Confidence::Low, Why::Unknown);
    assert_eq!(guess.columns[5].examples, ["38", "39"]);
    assert_eq!(guess.mapping.columns.len(), 6);
    assert_eq!(guess.mapping.check(&table), []);
}

#[test]
fn headers_say_which_name_comes_first() {
    let order =
        |header: &str| Mapping::guess(&table(&format!("{header};E-Mail\nX Y;a@x.example\n"))).mapping.name_order;
    assert_eq!(order("Name"), NameOrder::FirstLast);
    assert_eq!(order("Name, Vorname"), NameOrder::LastFirst);
}

#[test]
fn mappings_are_checked_against_the_file() {
    let table = table(
        "id,name,mail,hired\n1,Ana,a@x.example,2024-03-01\n2,Bo,b@x.example,2024-03-01\n3,C,c@x.example,2024-03-01\n\
         4,D,d@x.example,2024-03-01\n5,E,e@x.example,2024-03-01\n",
    );
    let check = |columns: &str, expected: &[&str]| {
        let mapping = Mapping::from_toml(&format!("[columns]\n{columns}")).unwrap();
        let errors: Vec<String> = mapping.check(&table).iter().map(MappingError::to_string).collect();
        assert_eq!(errors, expected, "{columns}");
    };
    check("ID = \"employee_id\"\nNAME = \"name\"", &[]);
    check("mail = \"email\"\nname = \"name\"\ngone = \"ignore\"", &[]);
    check(
        "mail = \"email\"\nid = \"email\"\nname = \"name\"",
        &["most values of \"id\" are no email, for example \"1\"", "several columns are mapped to email: id, mail"],
    );
    check(
        "mail = \"email\"\nname = \"name\"\nlevel = \"level\"",
        &["the file has no column \"level\", which is mapped to level"],
    );
    check(
        "name = \"first_name\"",
        &[
            "no column is mapped to email or employee_id, so people can't be told apart",
            "no column is mapped to name, or to first_name and last_name",
        ],
    );
    check(
        "id = \"employee_id\"\nname = \"name\"\nhired = \"email\"\nmail = \"start_date\"",
        &[
            "most values of \"hired\" are no email, for example \"2024-03-01\"",
            "most values of \"mail\" are no start_date, for example \"a@x.example\"",
        ],
    );
}

#[test]
fn new_columns_of_a_known_file_are_named() {
    let mapping = Mapping::from_toml("[columns]\nid = \"employee_id\"\nname = \"name\"\nnote = \"ignore\"").unwrap();
    assert_eq!(mapping.unknown_columns(&table("ID,name,note,pronouns\n1,Ana,x,she\n")), ["pronouns"]);
}
