/// The Prometheus text format 0.0.4, read strictly:
/// https://prometheus.io/docs/instrumenting/exposition_formats/
public struct Prometheus {
    public struct Sample {
        public let name: String
        public let labels: [String: String]
        public let value: Double
    }

    public struct Family {
        public let name: String
        public fileprivate(set) var type = ""
        public fileprivate(set) var samples: [Sample] = []
    }

    public struct Mistake: Error {
        let line: Int
        let what: String
    }

    public private(set) var families: [Family] = []

    /// - Throws: `Mistake`, with its line.
    public init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Mistake(line: 0, what: "no last line feed") }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast().enumerated()
        {
            do {
                try read(line)
            } catch let error as Words {
                throw Mistake(line: index + 1, what: "\(error.text): \(line)")
            }
        }
        for family in families where family.type == "histogram" { try check(family) }
    }

    public func family(_ name: String) -> Family? { families.first { $0.name == name } }

    /// The sum of the samples whose labels include `labels`; nil if there are none.
    public func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let samples = families.flatMap(\.samples).filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }
        return samples.isEmpty ? nil : samples.map(\.value).reduce(0, +)
    }

    // MARK: Lines

    private struct Words: Error { let text: String }

    private mutating func read(_ line: Substring) throws {
        if line.hasPrefix("# HELP ") {
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count == 4, Self.isName(words[2]) else { throw Words(text: "bad HELP") }
            guard family(String(words[2])) == nil else { throw Words(text: "a family again") }
            if let last = families.last, last.type.isEmpty { throw Words(text: "no TYPE before") }
            families.append(Family(name: String(words[2])))
        } else if line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            guard words.count == 4, let last = families.last, last.name == words[2],
                last.type.isEmpty, last.samples.isEmpty,
                ["counter", "gauge", "histogram"].contains(words[3])
            else { throw Words(text: "bad TYPE") }
            families[families.count - 1].type = String(words[3])
        } else {
            try take(try Self.sample(line))
        }
    }

    private mutating func take(_ sample: Sample) throws {
        guard let last = families.last, !last.type.isEmpty else { throw Words(text: "no family") }
        let names =
            last.type == "histogram"
            ? ["_bucket", "_sum", "_count"].map { last.name + $0 } : [last.name]
        guard names.contains(sample.name) else { throw Words(text: "not of \(last.name)") }
        if last.type == "counter", !last.name.hasSuffix("_total") {
            throw Words(text: "a counter's name ends in _total")
        }
        if last.type != "gauge", sample.value < 0 { throw Words(text: "negative") }
        if last.samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) {
            throw Words(text: "a sample again")
        }
        families[families.count - 1].samples.append(sample)
    }

    private static func sample(_ line: Substring) throws -> Sample {
        let name = line.prefix { $0 != "{" && $0 != " " }
        guard isName(name) else { throw Words(text: "bad name") }
        var rest = line.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                let (label, value) = try label(&rest)
                guard labels.updateValue(value, forKey: label) == nil else {
                    throw Words(text: "a label again")
                }
                if rest.first == "," { rest.removeFirst() }
            }
            rest.removeFirst()
        }
        guard rest.first == " ", let value = number(rest.dropFirst()) else {
            throw Words(text: "bad value")
        }
        return Sample(name: String(name), labels: labels, value: value)
    }

    private static func label(_ rest: inout Substring) throws -> (String, String) {
        let name = rest.prefix { $0 != "=" }
        guard isName(name), !name.contains(":"), rest.dropFirst(name.count).hasPrefix("=\"") else {
            throw Words(text: "bad label")
        }
        rest = rest.dropFirst(name.count + 2)
        var value = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return (String(name), value)
            case "\\":
                guard let escaped = rest.popFirst(),
                    let plain = ["\\": "\\", "\"": "\"", "n": "\n"][
                        String(escaped)]
                else { throw Words(text: "bad escape") }
                value += plain
            default: value.append(character)
            }
        }
        throw Words(text: "an open quote")
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default:
            text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/) == nil ? nil : Double(text)
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        text.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil
    }

    // MARK: Histograms

    /// Bounds rise, counts don't fall, and the last bucket is the count.
    private func check(_ family: Family) throws {
        func others(_ sample: Sample) -> [String: String] {
            sample.labels.filter { $0.key != "le" }
        }
        for labels in Set(family.samples.map(others)) {
            let mine = family.samples.filter { others($0) == labels }
            let buckets = mine.filter { $0.name == family.name + "_bucket" }
            let bounds = buckets.compactMap { Self.number(Substring($0.labels["le"] ?? "")) }
            let counts = buckets.map(\.value)
            let count = mine.first { $0.name == family.name + "_count" }?.value
            guard bounds.count == buckets.count, bounds.last == .infinity,
                zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }),
                zip(counts, counts.dropFirst()).allSatisfy({ $0 <= $1 }), counts.last == count,
                mine.contains(where: { $0.name == family.name + "_sum" })
            else { throw Mistake(line: 0, what: "\(family.name) \(labels)") }
        }
    }
}
