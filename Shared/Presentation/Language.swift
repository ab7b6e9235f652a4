import Kernel

/// A language that pages and mails are written in.
public enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case german = "de"
    case french = "fr"
    case spanish = "es"

    /// The language of a tag such as `de` or `de-AT` (BCP 47); nil if we have no texts in it.
    public init?(tag: String) {
        let primary = tag.prefix { $0 != "-" && $0 != "_" }
        self.init(rawValue: primary.lowercased())
    }

    /// Everything that people read.
    public var texts: any Texts {
        switch self {
        case .english: English()
        case .german: German()
        case .french: French()
        case .spanish: Spanish()
        }
    }

    /// The first of some tags that we have texts in, then what a browser prefers, then `fallback`.
    /// - Parameter accepted: the value of `Accept-Language`.
    public static func choose(
        _ tags: [String?], accepting accepted: String? = nil, else fallback: Language
    ) -> Language {
        for tag in tags {
            if let tag, let language = Language(tag: tag) { return language }
        }
        return accepted.flatMap(preferred(in:)) ?? fallback
    }

    /// The language of ours that `Accept-Language` prefers (RFC 9110 §12.5.4); nil if it names
    /// none. `*` asks for any other, which is the product's.
    public static func preferred(in accepted: String) -> Language? {
        var best: (language: Language, weight: Double)?
        for range in accepted.split(separator: ",") {
            let parts = range.split(separator: ";").map { Text.trimmed($0) }
            guard let tag = parts.first, let language = Language(tag: String(tag)) else { continue }
            let weight = weight(parts.dropFirst())
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language
    }

    /// 1 unless a parameter says otherwise; 0 for what is no weight.
    private static func weight(_ parameters: ArraySlice<Substring>) -> Double {
        guard let given = parameters.first(where: { $0.lowercased().hasPrefix("q=") }) else {
            return 1
        }
        guard let weight = Double(given.dropFirst(2)), (0...1).contains(weight) else { return 0 }
        return weight
    }
}

extension Language {
    /// "6 December 2026", as the language writes it, in UTC.
    public func day(_ time: Timestamp) -> String {
        let parts = time.rfc3339.prefix(10).split(separator: "-").compactMap { Int($0) }
        let (year, month, day) = (parts[0], months[parts[1] - 1], parts[2])
        return switch self {
        case .english: "\(day) \(month) \(year)"
        case .german: "\(day). \(month) \(year)"
        case .french: "\(day == 1 ? "1er" : "\(day)") \(month) \(year)"
        case .spanish: "\(day) de \(month) de \(year)"
        }
    }

    private var months: [String] {
        switch self {
        case .english:
            [
                "January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December",
            ]
        case .german:
            [
                "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
                "September", "Oktober", "November", "Dezember",
            ]
        case .french:
            [
                "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
                "septembre", "octobre", "novembre", "décembre",
            ]
        case .spanish:
            [
                "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
                "septiembre", "octubre", "noviembre", "diciembre",
            ]
        }
    }
}
