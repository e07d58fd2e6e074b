//! Area codes behind +1 and their time zones: the United States, Canada, the islands.
//!
//! From the public assignments of the North American Numbering Plan. A code that crosses a zone's
//! border names both zones.

/// Codes separated by spaces, and the zones they lie in.
const AREAS: &[(&str, &[&str])] = &[
    (
        "201 202 203 207 212 215 216 220 223 227 229 231 234 239 240 248 252 260 267 269 272 276 283 \
         301 302 304 305 313 315 317 321 324 326 329 330 332 336 339 347 351 352 363 380 386 401 404 \
         407 410 412 413 419 434 436 440 443 445 463 470 472 475 478 484 502 508 513 516 517 518 540 \
         551 561 567 570 571 582 585 586 603 606 607 609 610 614 616 617 624 631 640 645 646 656 667 \
         678 679 680 681 686 689 703 704 706 716 717 718 724 727 728 732 734 740 743 754 757 762 765 \
         770 771 772 774 781 786 802 803 804 810 813 814 821 826 828 835 838 839 843 845 848 854 856 \
         857 859 860 862 863 864 865 878 904 908 910 912 914 917 919 929 934 937 941 943 947 948 954 \
         959 973 978 980 984 989",
        &["America/New_York"],
    ),
    (
        "205 210 214 217 218 224 225 228 235 251 254 256 262 274 281 309 312 314 316 318 319 320 325 \
         327 331 334 337 346 353 361 402 405 409 414 417 430 432 447 457 464 469 479 501 504 507 512 \
         515 531 534 539 557 563 572 573 580 601 608 612 615 618 629 630 636 641 651 659 660 662 682 \
         708 712 713 715 726 730 731 737 763 769 773 779 806 815 816 817 830 832 847 861 870 872 901 \
         903 913 918 920 924 936 938 940 945 952 956 972 975 979 985",
        &["America/Chicago"],
    ),
    (
        "219 270 364 423 448 574 812 850 906 930 931",
        &["America/New_York", "America/Chicago"],
    ),
    (
        "308 605 620 701 785",
        &["America/Chicago", "America/Denver"],
    ),
    (
        "303 307 385 406 435 505 575 719 720 801 915 970 983",
        &["America/Denver"],
    ),
    ("480 520 602 623", &["America/Phoenix"]),
    ("928", &["America/Phoenix", "America/Denver"]),
    (
        "208 458 541 775 986",
        &["America/Denver", "America/Los_Angeles"],
    ),
    (
        "206 209 213 253 279 310 323 341 350 357 360 369 408 415 424 425 442 503 509 510 530 559 562 \
         564 619 626 628 650 657 661 669 702 707 714 725 738 747 760 805 818 820 831 837 840 858 909 \
         916 925 949 951 971",
        &["America/Los_Angeles"],
    ),
    ("907", &["America/Anchorage", "America/Adak"]),
    ("808", &["Pacific/Honolulu"]),
    ("787 939", &["America/Puerto_Rico"]),
    ("340", &["America/St_Thomas"]),
    ("671", &["Pacific/Guam"]),
    ("670", &["Pacific/Saipan"]),
    ("684", &["Pacific/Pago_Pago"]),
    ("709 879", &["America/St_Johns", "America/Goose_Bay"]),
    ("782 902", &["America/Halifax"]),
    ("428 506", &["America/Moncton"]),
    ("367 418 581", &["America/Toronto", "America/Halifax"]),
    (
        "226 249 263 289 343 354 365 382 416 437 438 450 468 514 519 548 579 613 647 683 705 742 753 \
         819 873 905 942",
        &["America/Toronto"],
    ),
    ("807", &["America/Toronto", "America/Winnipeg"]),
    ("204 431 584", &["America/Winnipeg"]),
    ("306 474 639", &["America/Regina", "America/Edmonton"]),
    ("368 403 587 780 825", &["America/Edmonton"]),
    (
        "236 250 257 672 778",
        &["America/Vancouver", "America/Edmonton"],
    ),
    ("604", &["America/Vancouver"]),
    (
        "867",
        &[
            "America/Whitehorse",
            "America/Yellowknife",
            "America/Rankin_Inlet",
            "America/Iqaluit",
        ],
    ),
];

/// The zones of a number behind +1, by its area code.
pub(super) fn zones(national: &str) -> Option<&'static [&'static str]> {
    let code = national.get(..3)?;
    let found = AREAS
        .iter()
        .find(|(codes, _)| codes.split_ascii_whitespace().any(|known| known == code));
    found.map(|(_, zones)| *zones)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_stands_once_and_every_zone_exists() {
        let mut seen = BTreeSet::new();
        for (codes, zones) in AREAS {
            for code in codes.split_ascii_whitespace() {
                assert!(code.len() == 3 && seen.insert(code), "{code}");
            }
            for zone in *zones {
                assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
            }
        }
        assert!(seen.len() > 380, "{}", seen.len());
        assert_eq!(zones("2125550100"), Some(["America/New_York"].as_slice()));
        assert_eq!(zones("8005550100"), None);
    }
}
