import Contract
import Kernel

/// What is wrong with a JSON text by its schema: every mistake, with its place.
struct JSONMistakes {
    /// No response lists more.
    private static let maximum = 100

    /// Members that the schema does not know.
    private(set) var unknown: [Fault.Field] = []
    /// Other mistakes: missing members, values of the wrong kind.
    private(set) var wrong: [Fault.Field] = []
    /// Whether the rules of values count as well, which the type or the domain checks otherwise.
    var checksRules = false

    mutating func noteUnknown(_ pointer: String, _ detail: String) {
        if unknown.count < Self.maximum { unknown.append(Fault.Field(pointer, detail)) }
    }

    mutating func noteWrong(_ pointer: String, _ detail: String) {
        if wrong.count < Self.maximum { wrong.append(Fault.Field(pointer, detail)) }
    }

    /// 422 with all mistakes; nil if there are none.
    /// - Parameter isLenient: unknown members are no mistake.
    func fault(isLenient: @autoclosure () -> Bool) -> Fault? {
        if unknown.isEmpty || isLenient() { return wrong.isEmpty ? nil : .invalid(wrong) }
        return wrong.isEmpty ? .unknown(.unknownField, unknown) : .invalid(wrong + unknown)
    }
}

extension Fault {
    /// 422 for names that do not exist.
    static func unknown(_ problem: ProblemType, _ fields: [Field]) -> Fault {
        Fault(problem, Fault.invalid(fields).detail, fields: fields)
    }
}

extension JSONSyntax {
    /// The member of the schema whose name stands here.
    func index(ofMember place: Range<Int>, in schema: BodySchema) -> Int? {
        let name = bytes[place]
        if name.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) {
            return schema.members.firstIndex { $0.name.utf8.elementsEqual(name) }
        }
        let text = text(of: place)
        return schema.members.firstIndex { $0.name == text }
    }

    mutating func noteUnknown(_ place: Range<Int>, _ schema: BodySchema) {
        guard names == nil else { return }
        let name = text(of: place)
        guard !schema.readOnly.contains(name) else { return }
        let nearest = Suggestion.nearest(to: name, among: schema.members.map(\.name))
        mistakes.noteUnknown(pointer, Self.isUnknown(nearest))
    }

    /// What is said of an unknown name.
    static func isUnknown(_ nearest: String?) -> String {
        "is unknown" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }

    /// Notes the members that are required and were not there.
    /// - Parameter seen: a bit for each member.
    mutating func require(_ schema: BodySchema, besides seen: UInt64) {
        guard names == nil else { return }
        for (index, member) in schema.members.enumerated()
        where member.isRequired && seen & 1 << UInt64(index) == 0 {
            mistakes.noteWrong(pointer + JSON.pointer(toMember: member.name), "is required")
        }
    }

    /// Notes what is wrong with the value that stands here.
    mutating func examine(
        _ place: Range<Int>, as kind: BodySchema.Kind, _ rule: Rule, takesNull: Bool
    ) {
        guard names == nil else { return noteName(place, rule) }
        let demand = rule.error ?? kind.demand
        switch (bytes[place.lowerBound], kind) {
        case (UInt8(ascii: "n"), _):
            if !takesNull { mistakes.noteWrong(pointer, demand + ", not null") }
        case (UInt8(ascii: "{"), .object), (UInt8(ascii: "{"), .free): break
        case (UInt8(ascii: "["), .array), (UInt8(ascii: "t"), .boolean),
            (UInt8(ascii: "f"), .boolean):
            break
        case (UInt8(ascii: "\""), .string):
            if mistakes.checksRules { check(text: place, rule) }
        case (UInt8(ascii: "\""), .words(let words)):
            if mistakes.checksRules, !words.contains(string(place)) {
                mistakes.noteWrong(pointer, demand)
            }
        case (UInt8(ascii: "\""), .timestamp):
            if mistakes.checksRules, Timestamp(rfc3339: string(place)) == nil {
                mistakes.noteWrong(pointer, demand)
            }
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), .integer), (UInt8(ascii: "-"), .integer):
            check(number: String(decoding: bytes[place], as: UTF8.self), rule)
        default: mistakes.noteWrong(pointer, demand)
        }
    }

    /// A text without its quotes.
    private func string(_ place: Range<Int>) -> String {
        text(of: place.lowerBound + 1..<place.upperBound - 1)
    }

    private mutating func check(text place: Range<Int>, _ rule: Rule) {
        if let check = rule.check {
            do throws(Fault) {
                try check(string(place), pointer)
            } catch {
                for field in error.fields { mistakes.noteWrong(field.pointer, field.detail) }
            }
            return
        }
        guard let length = rule.length else { return }
        let count = Text.trimmed(string(place)[...]).unicodeScalars.count
        guard !length.contains(count) else { return }
        mistakes.noteWrong(
            pointer, "must have \(length.lowerBound) to \(length.upperBound) characters")
    }

    private mutating func check(number text: String, _ rule: Rule) {
        // 7.0 and 7e0 are 7 (RFC 8259 §6 has one kind of number).
        guard let number = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) else {
            let isWhole = Double(text).map { $0 == $0.rounded() } ?? true
            let demand = BodySchema.Kind.integer.demand + (isWhole ? " in the allowed range" : "")
            mistakes.noteWrong(pointer, rule.error ?? demand)
            return
        }
        if mistakes.checksRules, let range = rule.range, !range.contains(number) {
            mistakes.noteWrong(
                pointer,
                rule.error
                    ?? "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
