import Glibc

/// A growable run of bytes that is written at its end and consumed at its front. It owns its
/// memory and gives it back when it is empty, so that an idle connection holds none.
public struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0

    public init() {}

    deinit { free(base) }

    /// Bytes that can be consumed.
    public var count: Int { end - start }
    /// Whether there is nothing to consume.
    public var isEmpty: Bool { start == end }

    /// What has been written and not consumed; valid until the next change.
    public var readable: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base.map { UnsafeRawPointer($0) + start }, count: count)
    }

    /// Removes `count` bytes from the front.
    public mutating func consume(_ count: Int) {
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Gives the memory back if there is nothing in it.
    public mutating func releaseIfEmpty() {
        guard isEmpty, base != nil else { return }
        free(base)
        base = nil
        capacity = 0
    }

    /// Removes everything.
    public mutating func removeAll() { consume(count) }

    /// Copies `bytes` to the end.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        memcpy(reserve(bytes.count), source, bytes.count)
        end += bytes.count
    }

    /// Copies `bytes` to the end.
    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends UTF-8.
    public mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends UTF-8.
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends one byte.
    public mutating func append(byte: UInt8) {
        reserve(1).storeBytes(of: byte, as: UInt8.self)
        end += 1
    }

    /// `number` in decimal or hexadecimal digits.
    public mutating func append(number: Int, radix: Int = 10) {
        precondition(number >= 0, "lengths are not negative")
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)  // Int.max has 19
        withUnsafeMutableBytes(of: &digits) { storage in
            var i = storage.count
            var rest = number
            repeat {
                i -= 1
                let digit = UInt8(truncatingIfNeeded: rest % radix)
                storage[i] = digit < 10 ? digit + 0x30 : digit - 10 + 0x61
                rest /= radix
            } while rest > 0 && i > 0
            append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[i...]))
        }
    }

    /// Room for `count` more bytes at the end.
    @inline(__always)
    private mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if let base, end + count <= capacity { return base + end }
        return makeRoom(count)
    }

    @inline(never)
    private mutating func makeRoom(_ count: Int) -> UnsafeMutableRawPointer {
        let used = end - start
        defer {
            start = 0
            end = used
        }
        if let base, used + count <= capacity, start >= capacity / 2 {
            memmove(base, base + start, used)
            return base + used
        }
        let size = max(512, (used + count).nextPowerOfTwo)
        guard let fresh = malloc(size) else { preconditionFailure("out of memory") }
        if let base { memcpy(fresh, base + start, used) }
        free(base)
        base = fresh
        capacity = size
        return fresh + used
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
