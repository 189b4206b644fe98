import LightboxStudy

@main struct DPFairness {
  static func main() {}
}
