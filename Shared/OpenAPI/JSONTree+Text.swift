import Contract

extension JSONTree {
    /// The value as JSON (RFC 8259), on one line.
    public var text: String {
        var out = ""
        write(to: &out, indent: nil)
        return out
    }

    /// The same for people: two spaces a level, what fits on a line on one.
    public var pretty: String {
        var out = ""
        write(to: &out, indent: 0)
        return out
    }

    private static let lineLength = 76

    private func write(to out: inout String, indent: Int?) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .number(let value): out += "\(value)"
        case .string(let value): Self.write(value, to: &out)
        case .array(let items):
            list("[", "]", items, of: indent, to: &out) { $0.write(to: &$1, indent: $2) }
        case .object(let pairs):
            list("{", "}", pairs, of: indent, to: &out) { pair, out, indent in
                Self.write(pair.name, to: &out)
                out += indent == nil ? ":" : ": "
                pair.value.write(to: &out, indent: indent)
            }
        }
    }

    private func list<Item>(
        _ open: String, _ close: String, _ items: [Item], of indent: Int?, to out: inout String,
        _ write: (Item, inout String, Int?) -> Void
    ) {
        let fits = indent.map { text.count + $0 <= Self.lineLength } ?? true
        let inner = indent.map { $0 + 2 }
        let lineBreak = fits ? "" : "\n" + String(repeating: " ", count: inner ?? 0)
        out += open
        for (index, item) in items.enumerated() {
            if index > 0 { out += fits && indent != nil ? ", " : "," }
            out += lineBreak
            write(item, &out, inner)
        }
        if !fits { out += "\n" + String(repeating: " ", count: indent ?? 0) }
        out += close
    }

    private static func write(_ text: String, to out: inout String) {
        var writer = JSONByteWriter()
        writer.append(quoted: text)
        out += String(decoding: writer.finish(), as: UTF8.self)
    }
}
