import Kernel

/// The rules of Kernel's `Text` for members of a PATCH body.
extension Patch where Value == String {
    /// A name; nil if it is not mentioned.
    /// - Throws: 422 at `pointer`.
    public func name(_ pointer: String) throws(Fault) -> String? {
        guard let name = try required(pointer) else { return nil }
        return try Text.name(name, pointer: pointer)
    }

    /// A text of several lines; nil if it is not mentioned, `.some(nil)` if it is to be cleared.
    /// - Throws: 422 at `pointer`.
    public func optionalText(_ pointer: String) throws(Fault) -> String?? {
        switch self {
        case .unchanged: .none
        case .null: .some(nil)
        case .value(let text): .some(try Text.optionalText(text, pointer: pointer))
        }
    }
}
