use super::*;
use crate::cli::globals::Colour;
use crate::domain::order::Order;
use crate::domain::slider::Unrated;

fn parse(line: &str) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once("gleaner").chain(line.split_whitespace()))
}

#[test]
fn the_arguments_are_sound() {
    use clap::CommandFactory;
    Arguments::command().debug_assert();
}

#[test]
fn global_options_stand_before_or_after_the_command() {
    for line in ["--data-dir d --color never list", "list --data-dir d --color never", "--color never list --data-dir d"] {
        let args = parse(line).unwrap();
        assert!(matches!(args.command, Some(Command::List { .. })), "{line}");
        assert_eq!((args.globals.data_dir, args.globals.color), (Some("d".into()), Colour::Never), "{line}");
    }
}

#[test]
fn what_is_no_command_is_a_file() {
    for (line, files) in [("page.txt", 1), ("-", 1), ("--data-dir d a.txt b.txt", 2), ("", 0)] {
        let args = parse(line).unwrap();
        assert_eq!((args.files.len(), args.command.is_none()), (files, true), "{line}");
    }
}

#[test]
fn a_bar_may_be_negative() {
    let args = parse("show - --bar -3 --floor=-7 --order best --unrated below").unwrap();
    let Some(Command::Show { wish, what, .. }) = args.command else { panic!("no show") };
    let wish = wish.wish();
    assert_eq!((wish.bar, wish.floor), ("-3".parse().unwrap(), "-7".parse().unwrap()));
    assert_eq!((wish.order, wish.unrated, what), (Some(Order::Best), Unrated::AsBelow, "-".into()));
}

#[test]
fn wrong_usage_is_told() {
    for line in [
        "show",
        "show 1 --bar much",
        "show 1 --bar 0%",
        "show 1 --order upwards",
        "show 1 --width 0",
        "mark purple 1",
        "mark read",
        "rate 1 6",
        "import",
        "list --limit x",
        "config --path --default",
        "--color sometimes",
        "--nonsense",
    ] {
        let error = parse(line).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn no_arguments_are_the_defaults() {
    assert_eq!(format!("{:?}", parse("").unwrap()), format!("{:?}", Arguments::default()));
}
