//! The language as a JSON schema, made from the table that the reader itself uses.

use serde_json::{Map, Value, json};

use super::intent::STANDARD_INTENTS;
use super::scenario::fields::{FILE, Field, Kind, MORE, STATE, TRANSFER, WAY, required};
use super::scenario::{BACK, OWN_NAMES, RETURN};

/// The schema that editors complete and check scenarios with.
pub fn schema() -> Value {
    let mut schema = object(FILE);
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "novodial scenario",
        "description": "A dialogue on the telephone: states, what is said in them, and where each answer leads",
        "$defs": {
            "wordings": {
                "anyOf": [
                    words(),
                    {
                        "type": "object",
                        "description": "By language",
                        "properties": { "ru": words(), "en": words() },
                        "minProperties": 1,
                        "additionalProperties": false,
                    },
                ],
            },
            "step": {
                "anyOf": [
                    {
                        "type": "string",
                        "minLength": 1,
                        "description": "A state; or `back`, or `return`",
                    },
                    way(),
                ],
            },
            "way": {
                "anyOf": [
                    { "$ref": "#/$defs/step" },
                    {
                        "type": "array",
                        "description": "The first whose `if` holds is taken",
                        "items": { "$ref": "#/$defs/step" },
                        "minItems": 1,
                    },
                ],
            },
            "value": { "type": ["string", "number", "boolean"] },
        },
    });
    if let (Some(schema), Value::Object(head)) = (schema.as_object_mut(), head) {
        schema.extend(head);
    }
    schema
}

/// A way leads somewhere by `go` or by `call`, and only a `call` comes back to a `then`.
fn way() -> Value {
    let mut way = object(WAY);
    let one = json!({
        "oneOf": [{ "required": ["go"] }, { "required": ["call"] }],
        "dependentRequired": { "then": ["call"] },
    });
    if let (Some(way), Value::Object(one)) = (way.as_object_mut(), one) {
        way.extend(one);
    }
    way
}

/// Names of variables, as templates and conditions can read them.
fn names() -> Value {
    json!({ "pattern": "^[\\p{L}_][\\p{L}\\p{N}_]*$", "not": { "enum": OWN_NAMES } })
}

fn words() -> Value {
    json!({ "anyOf": [
        { "type": "string", "minLength": 1 },
        { "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1 },
    ] })
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.to_owned(), described(field)))
        .collect();
    let mut object =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    // A file that is included has no [scenario] of its own: only within sections is something
    // required.
    let required = required(fields);
    if let Some(map) = object.as_object_mut().filter(|_| !required.is_empty()) {
        map.insert("required".to_owned(), required.into());
    }
    object
}

fn described(field: &Field) -> Value {
    let mut value = of(field.kind);
    if let Some(map) = value.as_object_mut() {
        map.insert("description".to_owned(), field.says.into());
    }
    value
}

fn each(value: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": value })
}

/// Names of this form, each to such a value.
fn named(value: &Value, names: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": value, "propertyNames": names })
}

fn of(kind: Kind) -> Value {
    let way = json!({ "$ref": "#/$defs/way" });
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count(min, max) if min == i64::MIN || max == i64::MAX => json!({ "type": "integer" }),
        Kind::Count(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::SomeWords => words(),
        Kind::Words => json!({ "anyOf": [
            { "type": "string", "minLength": 1 },
            { "type": "array", "items": { "type": "string", "minLength": 1 } },
        ] }),
        Kind::WordsOf(known) => json!({ "anyOf": [
            { "enum": known },
            { "type": "array", "items": { "enum": known } },
        ] }),
        Kind::Wordings => json!({ "$ref": "#/$defs/wordings" }),
        Kind::Way => way,
        Kind::Ways => {
            let known: Map<String, Value> = STANDARD_INTENTS
                .iter()
                .map(|intent| ((*intent).to_owned(), way.clone()))
                .collect();
            json!({ "type": "object", "properties": known, "additionalProperties": way })
        }
        Kind::SlotWays => each(&way),
        Kind::KeyWays => json!({
            "type": "object",
            "patternProperties": { "^[0-9*#]$": way },
            "additionalProperties": false,
        }),
        Kind::Values => named(&json!({ "$ref": "#/$defs/value" }), &names()),
        Kind::Counts => {
            let count = json!({ "type": "integer", "minimum": MORE.0, "maximum": MORE.1 });
            named(&count, &names())
        }
        Kind::Data => json!({ "anyOf": [words(), each(&json!({ "type": "string" }))] }),
        Kind::CallBack => json!({ "type": ["boolean", "string"] }),
        Kind::Transfer => json!({ "anyOf": [{ "type": "string" }, object(TRANSFER)] }),
        Kind::Table(fields) => object(fields),
        Kind::Tables(fields) if fields == STATE => named(
            &object(fields),
            &json!({ "not": { "enum": [BACK, RETURN] } }),
        ),
        Kind::Tables(fields) => each(&object(fields)),
        Kind::Choices => each(&words()),
        Kind::Disclosure => json!({ "anyOf": [{ "type": "boolean" }, words()] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `properties` of a schema, as the path to it and its keys.
    fn properties(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    found.extend(properties.keys().cloned());
                }
                for inner in map.values() {
                    properties_of(inner, found);
                }
            }
            Value::Array(items) => {
                for item in items {
                    properties_of(item, found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn properties_of(value: &Value, found: &mut Vec<String>) {
        properties(value, found);
    }

    #[test]
    fn the_schema_knows_every_field_and_says_what_it_means() {
        let schema = schema();
        let mut found = Vec::new();
        properties(&schema, &mut found);
        for name in [
            "include",
            "say",
            "no_input_ms",
            "collect",
            "failed",
            "priority",
            "kind",
        ] {
            assert!(found.iter().any(|known| known == name), "{name}");
        }
        let say = &schema["properties"]["states"]["additionalProperties"]["properties"]["say"];
        assert_eq!(say["$ref"], "#/$defs/wordings");
        assert!(
            say["description"]
                .as_str()
                .unwrap()
                .starts_with("What is said")
        );
    }

    #[test]
    fn what_the_reader_demands_the_schema_demands() {
        let schema = schema();
        let of = |section: &str| &schema["properties"][section];
        assert_eq!(
            of("scenario")["required"],
            json!(["name", "language", "start"])
        );
        assert_eq!(
            of("slots")["additionalProperties"]["required"],
            json!(["kind"])
        );
        let state = &of("states")["additionalProperties"]["properties"];
        assert_eq!(state["transfer"]["anyOf"][1]["required"], json!(["to"]));
        assert_eq!(
            state["slots"]["properties"],
            Value::Null,
            "slots are no intents"
        );
        assert_eq!(state["add"]["additionalProperties"]["maximum"], 1_000_000);
        assert_eq!(
            of("states")["propertyNames"]["not"]["enum"],
            json!(["back", "return"])
        );
        assert_eq!(of("variables")["propertyNames"]["not"]["enum"][0], "visits");
        let step = &schema["$defs"]["step"]["anyOf"][1];
        assert_eq!(step["oneOf"][0]["required"], json!(["go"]));
        assert_eq!(step["dependentRequired"]["then"], json!(["call"]));
        let intent = &of("intents")["additionalProperties"]["properties"];
        assert_eq!(intent["extends"]["enum"], json!(STANDARD_INTENTS));
        assert_eq!(
            of("scenario")["properties"]["languages"]["anyOf"][0]["enum"],
            json!(["ru", "en"])
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let schema = schema();
        let text = schema.to_string();
        for reference in text.split("\"$ref\":\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
    }
}
