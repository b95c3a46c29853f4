use super::*;

fn errors(text: &str) -> Vec<String> {
    Criteria::from_toml(text).expect_err("something is wrong with it").iter().map(ToString::to_string).collect()
}

fn criterion(lines: &str) -> Criterion {
    let criteria = Criteria::from_toml(&format!("[[criterion]]\n{lines}")).expect("a proper criterion");
    criteria.list.into_iter().next().expect("there is one")
}

#[test]
fn nothing_said_means_coverage_and_no_rules() {
    assert_eq!(Criteria::from_toml(""), Ok(Criteria::default()));
    assert_eq!(Criteria::default().aim, Objective::MaxCoverage);
}

#[test]
fn a_stable_draft_has_a_proposer_and_no_other_has() {
    let aim = |text: &str| Criteria::from_toml(text).map(|criteria| criteria.aim);
    let stable = |proposer| Ok(Objective::Stable { proposer });
    assert_eq!(aim("aim = 'stable'"), stable(Side::Mentee));
    assert_eq!(aim("aim = 'stable'\nproposer = 'mentee'"), stable(Side::Mentee));
    assert_eq!(aim("aim = 'stable'\nproposer = 'mentor'"), stable(Side::Mentor));
    for proposer in [Side::Mentor, Side::Mentee] {
        let criteria = Criteria { aim: Objective::Stable { proposer }, ..Criteria::default() };
        assert_eq!(Criteria::from_toml(&criteria.to_toml()), Ok(criteria));
    }
    let mentor_first = "`proposer` has no meaning with `aim = \"total\"`";
    assert_eq!(errors("aim = 'total'\nproposer = 'mentor'"), [mentor_first]);
    assert_eq!(errors("proposer = 'mentor'"), ["`proposer` has no meaning with `aim = \"coverage\"`"]);
    assert_eq!(errors("aim = 'stable'\nproposer = 'x'"), ["`proposer` has to be one of mentor, mentee, not \"x\""]);
}

#[test]
fn the_chain_of_command_is_on_when_its_table_is_there() {
    let depth = |text: &str| Criteria::from_toml(text).map(|criteria| criteria.chain_of_command.map(|c| c.depth));
    assert_eq!(depth("aim = 'total'"), Ok(None));
    assert_eq!(depth("[chain_of_command]"), Ok(Some(Depth::Any)));
    assert_eq!(depth("[chain_of_command]\ndepth = 'any'"), Ok(Some(Depth::Any)));
    assert_eq!(depth("[chain_of_command]\ndepth = 2"), Ok(Some(Depth::Levels(2))));
}

#[test]
fn every_comparison_is_read_with_what_it_needs() {
    let check = |lines: &str, expected: Comparison| {
        assert_eq!(criterion(&format!("rule = 'must'\nfield = 'f'\n{lines}")).compare, expected, "{lines}");
    };
    let number = |text: &str| text.parse::<Number>().expect("a number");
    check("compare = 'same'", Comparison::Same);
    check("compare = 'different'", Comparison::Different);
    check("compare = 'at_least_apart'\nby = 3", Comparison::AtLeastApart { by: number("3"), wraps_at: None });
    check(
        "compare = 'at_most_apart'\nby = 2.5\nwraps_at = 24",
        Comparison::AtMostApart { by: number("2.5"), wraps_at: Some(number("24")) },
    );
    check("compare = 'at_most_apart'\nby = 0", Comparison::AtMostApart { by: number("0"), wraps_at: None });
    check("compare = 'overlaps'", Comparison::Overlaps { by: 1 });
    check("compare = 'overlaps'\nby = 2", Comparison::Overlaps { by: 2 });
    check("compare = 'complements'", Comparison::Complements(Complement::Any));
    check("compare = 'complements'\nby = 4", Comparison::Complements(Complement::Span(number("4"))));
    check(
        "compare = 'complements'\npairs = [['a', 'b'], ['a', 'c']]",
        Comparison::Complements(Complement::Pairs(vec![["a".into(), "b".into()], ["a".into(), "c".into()]])),
    );
    check("compare = 'offers_what_the_other_wants'\nby = 2", Comparison::OffersWhatTheOtherWants { by: 2 });
}

#[test]
fn every_rule_is_read_with_what_it_needs() {
    let check = |lines: &str, expected: Rule| {
        assert_eq!(criterion(&format!("compare = 'same'\nfield = 'f'\n{lines}")).rule, expected, "{lines}");
    };
    let weight = |weight: u8| Weight::new(weight).expect("up to 10");
    check("rule = 'must'", Rule::Must(Missing::Refuse));
    check("rule = 'must'\nmissing = 'allow'", Rule::Must(Missing::Allow));
    check("rule = 'must_not'\nmissing = 'refuse'", Rule::MustNot(Missing::Refuse));
    check("rule = 'prefer'\nweight = 0", Rule::Prefer(weight(0)));
    check("rule = 'avoid'\nweight = 10", Rule::Avoid(weight(10)));
    assert_eq!(Weight::new(11), None);
}

#[test]
fn every_error_is_named_at_once_with_its_place() {
    let text = "aim = 'fame'\nspeed = 3\n\
        [chain_of_command]\ndepth = 0\nwidth = 1\n\
        [[criterion]]\nrule = 'must'\ncompare = 'same'\nfield = 'office'\nweight = 3\nby = 1\n\
        [[criterion]]\nrule = 'prefer'\ncompare = 'at_least_apart'\nmentor_field = 'level'\n\
        [[criterion]]\nrule = 'perhaps'\ncompare = 'nearly'\nfield = ' '\nweight = 3\nby = 1\n\
        [[criterion]]\nrule = 'avoid'\nweight = 12\ncompare = 'at_most_apart'\nby = -1\nwraps_at = 'x'\nfield = 3\n\
        [[criterion]]\nrule = 'avoid'\nweight = 2.5\ncompare = 'overlaps'\nby = 0\nfield = 'a'\nmentee_field = 'b'\ntypo = 1\n\
        [[criterion]]\nrule = 'must'\nmissing = 'maybe'\ncompare = 'complements'\nby = 2\npairs = [['a', 'b']]\nfield = 'a'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'complements'\npairs = [['a', 'b', 'c']]\nfield = 'a'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'complements'\npairs = []\nfield = 'a'\n\
        [[criterion]]\n";
    assert_eq!(
        errors(text),
        [
            "`aim` has to be one of coverage, total, fair, stable, not \"fame\"",
            "chain_of_command, `depth` has to be from 1 to 2147483647, not 0",
            "chain_of_command, `width` is not a known key",
            "criterion 1, `by` has no meaning with `compare = \"same\"`",
            "criterion 1, `weight` has no meaning with `rule = \"must\"`",
            "criterion 2, `weight` is missing",
            "criterion 2, `by` is missing",
            "criterion 2, `mentee_field` is missing",
            "criterion 3, `rule` has to be one of must, must_not, prefer, avoid, not \"perhaps\"",
            "criterion 3, `compare` has to be one of same, different, at_least_apart, at_most_apart, overlaps, \
             complements, offers_what_the_other_wants, not \"nearly\"",
            "criterion 3, `field` is empty",
            "criterion 4, `weight` has to be from 0 to 10, not 12",
            "criterion 4, `wraps_at` has to be a number with at most three decimals, not string",
            "criterion 4, `by` has to be 0 or more, not -1",
            "criterion 4, `field` has to be a text, not integer",
            "criterion 5, `weight` has to be a whole number, not float",
            "criterion 5, `by` has to be from 1 to 2147483647, not 0",
            "criterion 5, `mentee_field` has no meaning with `field = \"a\"`",
            "criterion 5, `typo` is not a known key",
            "criterion 6, `missing` has to be one of refuse, allow, not \"maybe\"",
            "criterion 6, `pairs` has no meaning with `by`",
            "criterion 7, `pairs` has to be a list of lists of two texts each, not array",
            "criterion 8, `pairs` is empty",
            "criterion 9, `rule` is missing",
            "criterion 9, `compare` is missing",
            "criterion 9, `field` is missing",
            "`speed` is not a known key",
        ]
    );
}

#[test]
fn text_that_is_not_toml_is_named_by_line_and_column() {
    let errors = Criteria::from_toml("aim = 'total'\n[[criterion]]\nfield = 'é' x").expect_err("not TOML");
    assert!(
        matches!(&errors[..], [CriteriaError { problem: Problem::Syntax { line: 3, column: 13, .. }, .. }]),
        "{errors:?}"
    );
    assert_eq!(errors.len(), 1);
    for wrong in ["criterion = 3", "chain_of_command = true", "criterion = [1]", "[chain_of_command]\ndepth = 'deep'"] {
        assert_eq!(Criteria::from_toml(wrong).map_err(|errors| errors.len()), Err(1), "{wrong}");
    }
}

#[test]
fn criteria_made_in_code_are_checked_by_the_same_reader() {
    let mut made =
        Criteria { list: vec![criterion("rule = 'must'\ncompare = 'same'\nfield = 'f'")], ..Criteria::default() };
    assert_eq!(made.problems(), []);
    made.list[0].compare = Comparison::AtLeastApart { by: Number::from(-1), wraps_at: None };
    made.list[0].mentor_field = String::new();
    let problems: Vec<String> = made.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["criterion 1, `by` has to be more than 0, not -1", "criterion 1, `mentor_field` is empty"]);
}

#[test]
fn json_has_the_same_form() {
    let json = r#"{"aim":"total","chain_of_command":{"depth":2},"criterion":[
        {"rule":"avoid","compare":"at_most_apart","field":"tz","by":1.5,"weight":3}]}"#;
    let criteria: Criteria = serde_json::from_str(json).expect("the form as JSON");
    assert_eq!(Criteria::from_toml(&criteria.to_toml()), Ok(criteria.clone()));
    let again = serde_json::to_string(&criteria).expect("can be written");
    assert_eq!(again, json.replace(['\n', ' '], ""));
    let error = serde_json::from_str::<Criteria>(r#"{"aim":"fame"}"#).expect_err("no such aim");
    assert!(error.to_string().contains("`aim` has to be one of"), "{error}");
}
