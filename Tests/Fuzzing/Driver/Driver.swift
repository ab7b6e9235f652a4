// libFuzzer's entry (https://llvm.org/docs/LibFuzzer.html). Which target it is for stands in
// LATCHKEY_FUZZ_TARGET. Built by deploy/fuzz alone.
import FuzzTargets
import Glibc

private let target: FuzzTarget = {
    let name = getenv("LATCHKEY_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else { fatalError("no target \(name)") }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
