internal import CGSL

/// Places below which given shares of a histogram lie, its contents spread evenly over each bin (`gsl_histogram_pdf`).
/// - Parameters:
///   - contents: not negative, one a bin of equal width.
///   - limits: of the histogram.
///   - shares: from 0 to 1, 1 itself excluded.
/// - Throws: for a histogram without contents.
public func quantiles(
    _ contents: [Double], limits: ClosedRange<Double>, shares: [Double]
) throws(GSLError) -> [Double] {
    func failed(_ reason: String) -> GSLError { GSLError(operation: "quantile of a histogram", reason: reason) }
    guard contents.contains(where: { $0 > 0 }), contents.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw failed("its contents are no weights")
    }
    prepareGSL()
    guard let histogram = gsl_histogram_calloc_uniform(contents.count, limits.lowerBound, limits.upperBound) else {
        throw failed("out of memory")
    }
    defer { gsl_histogram_free(histogram) }
    for (bin, content) in contents.enumerated() { histogram.pointee.bin[bin] = content }
    guard let distribution = gsl_histogram_pdf_alloc(contents.count) else { throw failed("out of memory") }
    defer { gsl_histogram_pdf_free(distribution) }
    try check(gsl_histogram_pdf_init(distribution, histogram), "quantile of a histogram")
    return shares.map { gsl_histogram_pdf_sample(distribution, $0) }
}
