/// Numbers of the wire, read byte by byte: no sign, no space, no overflow.
enum Digits {
    /// 1*DIGIT; nil for anything else and for what exceeds Int.
    static func decimal(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard !bytes.isEmpty else { return nil }
        var value = 0
        for byte in bytes {
            guard ASCII.isDigit(byte) else { return nil }
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(Int(byte - 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Whether `bytes` are 1*DIGIT, of whatever size.
    static func areDecimal(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(ASCII.isDigit)
    }
}
