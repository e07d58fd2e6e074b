#[test]
fn x(){}