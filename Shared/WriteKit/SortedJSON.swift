import Contract
import FoundationEssentials

/// JSON as we store and send it.
public enum SortedJSON {
    /// Members in the order of their names, so that equal values are equal bytes; those of types
    /// that write themselves in theirs.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        if let quick = value as? any JSONByteWritable {
            var writer = JSONByteWriter()
            quick.write(to: &writer)
            return writer.finish()
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }

    /// The same as text.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }
}
