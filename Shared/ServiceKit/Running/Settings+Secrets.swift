import Kernel

extension Settings {
    /// Secrets of at least `minimumBytes` each, one in a line; their values are never shown. Lines,
    /// because no other separator can't be part of a secret that is in use.
    /// - Parameter fallback: used if it is not set; nil makes it required.
    public mutating func secrets(
        _ name: String, minimumBytes: Int, _ meaning: String, fallback: SecretList? = nil
    ) -> SecretList {
        let mistakesBefore = mistakes.count
        let meaning =
            meaning + ". Several: one in a line; the first signs and seals, all verify and open"
        guard let text = text(name, meaning, fallback: fallback == nil ? "required" : "") else {
            if let fallback { return fallback }
            // One that can't be read has been reported.
            if mistakes.count == mistakesBefore {
                reject(name, "is required: at least \(minimumBytes) random bytes")
            }
            return SecretList([])
        }
        // CR LF is one Character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for rule in Self.mistakes(in: lines.map { $0.utf8.count }, minimumBytes) {
            reject(name, rule)
        }
        for (index, line) in lines.enumerated() where !line.isEmpty {
            guard let first = lines.firstIndex(of: line), first < index else { continue }
            reject(
                name, "must not have a secret twice: lines \(first + 1) and \(index + 1) are equal")
        }
        let secrets = lines.map { Array($0.utf8) }
        return SecretList(secrets[0], Array(secrets.dropFirst()))
    }

    /// - Parameter lengths: of the lines, in bytes.
    private static func mistakes(in lengths: [Int], _ minimumBytes: Int) -> [String] {
        if lengths.count == 1 {
            guard lengths[0] < minimumBytes else { return [] }
            return ["must have at least \(minimumBytes) bytes, not \(lengths[0])"]
        }
        var mistakes: [String] = []
        if lengths.count > SecretList.maximum {
            mistakes.append(
                "must have at most \(SecretList.maximum) secrets, not \(lengths.count)")
        }
        for (index, length) in lengths.enumerated() where length < minimumBytes {
            mistakes.append(
                length == 0
                    ? "must have a secret in each line; line \(index + 1) is empty"
                    : "must have at least \(minimumBytes) bytes in each line, not \(length) in "
                        + "line \(index + 1)")
        }
        return mistakes
    }
}
