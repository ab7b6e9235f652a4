import Contract
import Kernel
import Testing

@testable import OpenAPI

@Suite struct RecorderTests {
    enum Colour: String, Codable, CaseIterable {
        case red
        case blue
    }

    struct Inner: Documented {
        static let meaning = "Inside."
        static var members: [Member] { [Member("flag", "A flag.", example: true)] }
        let flag: Bool
    }

    struct Sample: Documented {
        static let schemaName = "Example"
        static let meaning = "A sample."
        static var members: [Member] {
            [
                Member("text", "A text.", .name(), example: "x"), Member("count", "A number."),
                Member("at", "A time."), Member("colour", "A word."),
                Member("inner", "An object."), Member("list", "A list.", .list(1...3, of: .email)),
                Member("inners", "A list of objects."), Member("maybe", "May be missing."),
                Member("maybeInner", "May be missing."), Member("maybeTime", "May be missing."),
                Member("nullable", "Always there."), Member("nullableWord", "Always there."),
                Member("patch", "Stays."), Member("clearable", "Stays.", .text().clearable),
            ]
        }

        let text: String
        let count: Int
        let at: Timestamp
        let colour: Colour
        let inner: Inner
        let list: [String]
        let inners: [Inner]
        let maybe: Bool?
        let maybeInner: Inner?
        let maybeTime: Timestamp?
        @OrNull var nullable: Timestamp?
        @OrNull var nullableWord: Colour?
        let patch: Patch<Colour>
        let clearable: Patch<String>
        let never: Never?
    }

    private func schema(_ direction: Schemas.Direction) throws -> JSONTree {
        var schemas = Schemas()
        let reference = try schemas.reference(to: Sample.self, direction)
        #expect(reference == ["$ref": "#/components/schemas/Example"])
        #expect(schemas.named.map(\.name) == ["Example", "Name", "Colour", "Inner"])
        return schemas.named[0].value
    }

    @Test func `members are in the order of declaration`() throws {
        let names = try Recorder.properties(of: Sample.self).map(\.name)
        #expect(names == Sample.members.map(\.name))
    }

    @Test func `in a response, members that are always written are required`() throws {
        let required = try schema(.answer)["required"]
        #expect(
            required == [
                "text", "count", "at", "colour", "inner", "list", "inners", "nullable",
                "nullableWord",
            ])
    }

    @Test func `in a request, optional members can be missing, and null only clears`() throws {
        let schema = try schema(.request)
        #expect(
            schema["required"] == ["text", "count", "at", "colour", "inner", "list", "inners"])
        #expect(schema["properties"]?["maybe"]?["type"] == "boolean")
        #expect(schema["properties"]?["maybeInner"]?["$ref"] == "#/components/schemas/Inner")
        #expect(schema["properties"]?["nullable"]?["type"] == "string")
        #expect(schema["properties"]?["patch"]?["$ref"] == "#/components/schemas/Colour")
        #expect(schema["properties"]?["clearable"]?["type"] == ["string", "null"])
    }

    @Test func `in a response, only OrNull can be null`() throws {
        let properties = try schema(.answer)["properties"]
        #expect(properties?["maybe"]?["type"] == "boolean")
        #expect(properties?["nullable"]?["type"] == ["string", "null"])
        #expect(
            properties?["nullableWord"]?["oneOf"] == [
                ["$ref": "#/components/schemas/Colour"], ["type": "null"],
            ])
    }

    @Test func `kinds, formats and bounds`() throws {
        let properties = try schema(.answer)["properties"]
        #expect(properties?["at"]?["format"] == "date-time")
        #expect(properties?["count"]?["type"] == "integer")
        #expect(properties?["colour"]?["$ref"] == "#/components/schemas/Colour")
        #expect(properties?["list"]?["items"]?["format"] == "email")
        #expect(properties?["list"]?["minItems"] == 1 && properties?["list"]?["maxItems"] == 3)
        #expect(properties?["inners"]?["items"] == ["$ref": "#/components/schemas/Inner"])
    }

    struct Silent: Documented {
        static let meaning = "Says nothing of its member."
        static let members: [Member] = []
        let text: String
    }

    struct Odd: Documented {
        static let meaning = "Has a member that no schema can say."
        static let members = [Member("odd", "A map.")]
        let odd: [String: String]
    }

    @Test(arguments: [Silent.self, Odd.self] as [any Documented.Type])
    func `an undescribed member fails the document`(_ type: any Documented.Type) {
        #expect(throws: UnknownShape.self) { try Field.all(of: type, .answer) }
    }

    /// With integers of every width, there and optional.
    struct Widths: Documented {
        static let meaning = "Integers."
        static var members: [Member] {
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"].map {
                Member($0, "An integer.")
            }
        }

        let a: Int8
        let b: Int16
        let c: Int32
        let d: Int64
        let e: Int128
        let f: UInt8
        let g: UInt16
        let h: UInt32
        let i: UInt64
        let j: UInt128
        let k: Int64?
        let l: [UInt]?
        let m: [Int128]
    }

    @Test func `integers of every width are integers`() throws {
        let properties = try Recorder.properties(of: Widths.self)
        #expect(properties.map(\.name) == Widths.members.map(\.name))
        for property in properties {
            switch property.shape {
            case .integer: #expect(!["l", "m"].contains(property.name))
            case .array(.integer): #expect(["l", "m"].contains(property.name))
            default: Issue.record("\(property.name) is \(property.shape)")
            }
        }
        var optional: [String] = []
        for property in properties {
            if case .optional = property.presence { optional.append(property.name) }
        }
        #expect(optional == ["k", "l"])
    }

    struct Fraction: Documented {
        static let meaning = "Has a fraction."
        static let members = [Member("half", "A fraction.")]
        let half: Double
    }

    struct MaybeFraction: Documented {
        static let meaning = "Can have a fraction."
        static let members = [Member("half", "A fraction.")]
        let half: Float?
    }

    /// A tree.
    struct Node: Documented {
        static let meaning = "Has nodes."
        static let members = [Member("nodes", "The nodes below.")]
        let nodes: [Node]
    }

    struct MaybeNode: Documented {
        static let meaning = "Can have nodes."
        static let members = [Member("nodes", "The nodes below.")]
        let nodes: [MaybeNode]?
    }

    /// Two that ask for each other.
    struct Hen: Decodable {
        init(from decoder: any Decoder) throws {
            _ = try decoder.singleValueContainer().decode(Egg.self)
        }
    }

    struct Egg: Decodable {
        init(from decoder: any Decoder) throws {
            _ = try decoder.singleValueContainer().decode(Hen.self)
        }
    }

    struct Farm: Documented {
        static let meaning = "Has a hen."
        static let members = [Member("hen", "A hen.")]
        let hen: Hen

        func encode(to encoder: any Encoder) throws {}
    }

    @Test(
        arguments: [
            Fraction.self, MaybeFraction.self, Node.self, MaybeNode.self, Farm.self,
        ] as [any Documented.Type])
    func `a type that asks for itself has no schema`(_ type: any Documented.Type) {
        #expect(throws: UnknownShape.self) { try Recorder.properties(of: type) }
    }
}
