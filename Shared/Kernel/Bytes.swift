import Glibc

extension UnsafeRawBufferPointer {
    /// Whether these are the same bytes. `elementsEqual` compares one by one.
    public func equals(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { equals($0) }
    }

    /// Whether both have the same bytes. Not constant-time.
    public func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let base = baseAddress, let otherBase = other.baseAddress else { return true }
        return memcmp(base, otherBase, count) == 0
    }
}
