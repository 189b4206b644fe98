import LightboxStudy

@main struct PhantomLimits {
  static func main() {}
}
