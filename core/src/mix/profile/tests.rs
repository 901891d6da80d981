use super::*;

#[test]
fn the_guide_parses() {
    let guide = Profile::guide();
    assert_eq!(guide.name, "guide");
}
