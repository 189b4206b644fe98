import Autodiff
import Networks
import Tensors
import Testing

/// Against torch 2.13.0 in float64: a torchvision-style ResNet written out with
/// `torch.nn.GroupNorm`, on formula weights (`Formula`).
struct ResNetTests {
  struct Reference: Sendable {
    var configuration: ResNetConfiguration
    var size: Int
    var logits: [Double]
    /// BCEWithLogitsLoss(pos_weight: [1, 2, 0.5]).
    var loss: Double
    /// Name, norm of the gradient, Σ gradient_i cos(i).
    var gradients: [(String, Double, Double)]
  }

  // Up to 20 layers one after another, each with sums of at most 64 · 9 products.
  static let roundings = 20.0 * 576

  @Test("Logits, loss and every gradient are PyTorch's in Double", arguments: references)
  func double(_ reference: Reference) {
    var stream = RandomStream(1)
    let network = ResNet<Double>(reference.configuration, stream: &stream)
    #expect(network.parameters.map(\.name) == reference.gradients.map(\.0))
    Formula.fill(network)
    let logits = network(
      Variable(Formula.images(cases: 2, channels: 2, size: reference.size)))
    let bound = Self.roundings * 0x1p-53
    for (ours, torch) in zip(logits.value.elements, reference.logits) {
      #expect(abs(ours - torch) <= bound, "logit \(ours), torch \(torch)")
    }
    let loss = MultiLabelLoss<Double>(positiveWeight: Tensor(shape: [3], [1, 2, 0.5]))
    let losses = loss(logits, targets: Formula.targets(cases: 2, classes: 3))
    let mean = mean(losses, axes: [0])
    #expect(abs(mean.value.item - reference.loss) <= bound)
    let found = gradients(of: mean, at: network.variables)
    let largest = reference.gradients.map(\.1).max()!
    for (gradient, (name, norm, probe)) in zip(found, reference.gradients) {
      let scale = bound * max(1, largest) * Double(gradient.count).squareRoot()
      #expect(abs(gradient.squaredNorm.squareRoot() - norm) <= scale, "\(name)")
      #expect(abs(Formula.probe(gradient) - probe) <= scale, "\(name)")
    }
  }

  @Test("Float agrees with PyTorch's float64", arguments: references)
  func float(_ reference: Reference) {
    var stream = RandomStream(1)
    let network = ResNet<Float>(reference.configuration, stream: &stream)
    Formula.fill(network)
    let logits = network(
      Variable(Formula.images(cases: 2, channels: 2, size: reference.size)))
    // Rounding errors of random sign grow with the root of their number.
    let bound = 8 * Self.roundings.squareRoot() * 0x1p-24
    for (ours, torch) in zip(logits.value.elements, reference.logits) {
      #expect(abs(Double(ours) - torch) <= bound, "logit \(ours), torch \(torch)")
    }
    let loss = MultiLabelLoss<Float>(positiveWeight: Tensor(shape: [3], [1, 2, 0.5]))
    let losses = loss(logits, targets: Formula.targets(cases: 2, classes: 3))
    let found = gradients(of: mean(losses, axes: [0]), at: network.variables)
    let largest = reference.gradients.map(\.1).max()!
    for (gradient, (name, norm, probe)) in zip(found, reference.gradients) {
      let scale = bound * max(1, largest)
      #expect(abs(gradient.squaredNorm.squareRoot() - norm) <= scale, "\(name)")
      #expect(
        abs(Formula.probe(gradient) - probe) <= scale * Double(gradient.count).squareRoot(),
        "\(name)")
    }
  }

  @Test("The published network has 4,909,896 parameters (torchvision's layout, width 64)")
  func size() {
    var stream = RandomStream(1)
    let network = ResNet<Float>(
      ResNetConfiguration(classes: 8, width: 64, inputChannels: 3, groups: .fixed(32)),
      stream: &stream)
    #expect(network.parameterCount == 4_909_896)
  }

  @Test("The start depends on the stream's name and place, and on nothing else")
  func start() {
    let configuration = ResNetConfiguration(classes: 3, width: 8)
    var one = RandomStream(5)
    var two = RandomStream(5)
    let a = ResNet<Float>(configuration, stream: &one).weights
    let b = ResNet<Float>(configuration, stream: &two).weights
    let c = ResNet<Float>(configuration, stream: &two).weights
    #expect(a == b)
    #expect(a != c)
    // Another head leaves the rest as it was.
    var three = RandomStream(5)
    let d = ResNet<Float>(ResNetConfiguration(classes: 5, width: 8), stream: &three).weights
    #expect(a["layer4.0.conv2.weight"] == d["layer4.0.conv2.weight"])
  }

  @Test("Convolutions start at N(0, 2/fanOut), the head at U(±1/√fanIn), norms at 1 and 0")
  func distributions() {
    var stream = RandomStream(11)
    let network = ResNet<Float>(ResNetConfiguration(classes: 8, width: 16), stream: &stream)
    let weights = network.weights
    let convolution = weights["layer4.0.conv2.weight"]!
    let n = Double(convolution.count)
    let expected = 2.0 / (128 * 9)
    // χ² of n degrees of freedom has relative SD √(2/n); five of them.
    #expect(
      abs(convolution.squaredNorm / n / expected - 1) <= 5 * (2 / n).squareRoot())
    let head = weights["fc.weight"]!.elements.map(Double.init)
    let bound = 1 / 128.0.squareRoot()
    #expect(head.allSatisfy { abs($0) <= bound })
    #expect(head.map { abs($0) }.max()! > 0.98 * bound)
    #expect(weights["bn1.weight"] == .ones([16]))
    #expect(weights["bn1.bias"] == .zeros([16]))
  }

  @Test(
    "Groups: a quarter of the channels up to 32, or as given",
    arguments: [(8, 2), (16, 4), (64, 16), (128, 32), (512, 32)])
  func groups(_ channels: Int, _ expected: Int) {
    #expect(GroupRule.quarter.groups(channels: channels) == expected)
    #expect(GroupRule.atMost(32).groups(channels: channels) == min(32, channels))
  }

  static let references = [
    Reference(
      configuration: ResNetConfiguration(
        classes: 3, width: 8, inputChannels: 2, blocks: [1, 1, 1, 1], activation: .mish,
        stem: .large),
      size: 32,
      logits: [
        0.6958435752933376, 0.6884072259029151, 0.27983349054765727, 0.4368831090323169,
        0.047036266309973734, -0.3384719046381679,
      ],
      loss: 0.6827207815363456,
      gradients: [
        ("conv1.weight", 6.070389116567113, 0.574333214271204),
        ("bn1.weight", 1.4271587815490565, 0.017126215680188905),
        ("bn1.bias", 1.3913759697358254, 0.050934068022324086),
        ("layer1.0.conv1.weight", 1.2399576631941498, -0.06406337859324583),
        ("layer1.0.bn1.weight", 0.10069719053159673, 0.16475628057470965),
        ("layer1.0.bn1.bias", 0.29666293546367295, -0.02653494335794125),
        ("layer1.0.conv2.weight", 2.1109985141947303, -0.010679569013580276),
        ("layer1.0.bn2.weight", 1.1917320280134354, -0.6323988636474139),
        ("layer1.0.bn2.bias", 1.14677831223985, -0.384696292448391),
        ("layer2.0.conv1.weight", 0.6473746017526285, 0.07225040518846709),
        ("layer2.0.bn1.weight", 0.21271958239563804, 0.06473596111147864),
        ("layer2.0.bn1.bias", 0.2462214866323224, 0.038420314826740666),
        ("layer2.0.conv2.weight", 1.1334872206436482, -0.5371372421496142),
        ("layer2.0.bn2.weight", 0.5819055416222135, -0.4382273688512525),
        ("layer2.0.bn2.bias", 0.3696828849185137, -0.06413815763696054),
        ("layer2.0.downsample.0.weight", 3.2175590249118002, 0.6357483155265681),
        ("layer2.0.downsample.1.weight", 0.36467856661455444, 0.2008482904795263),
        ("layer2.0.downsample.1.bias", 0.3696828849185137, -0.06413815763696054),
        ("layer3.0.conv1.weight", 0.3199674500825674, -0.13306090838093906),
        ("layer3.0.bn1.weight", 0.11768576924413318, 0.012250846930138353),
        ("layer3.0.bn1.bias", 0.10793223660095112, -0.05309430517881904),
        ("layer3.0.conv2.weight", 0.8052129782162485, 0.19869219796598067),
        ("layer3.0.bn2.weight", 0.3287137515203705, 0.16634597028548273),
        ("layer3.0.bn2.bias", 0.31127178071226297, 0.06770424416034712),
        ("layer3.0.downsample.0.weight", 1.599926373833566, -0.1212023829855847),
        ("layer3.0.downsample.1.weight", 0.1649976834243652, 0.11241764972438505),
        ("layer3.0.downsample.1.bias", 0.31127178071226297, 0.06770424416034712),
        ("layer4.0.conv1.weight", 0.00121350156886578, -7.470560263456708e-05),
        ("layer4.0.bn1.weight", 0.0017413377123015393, 0.0011758195160012255),
        ("layer4.0.bn1.bias", 0.0017184882926310526, 0.0011942674653192577),
        ("layer4.0.conv2.weight", 0.4116054728451858, 0.17769260013870714),
        ("layer4.0.bn2.weight", 0.31442737020843686, 0.1259102176331255),
        ("layer4.0.bn2.bias", 0.30128345667820267, 0.04954894723177286),
        ("layer4.0.downsample.0.weight", 1.8087302857772367, -0.45691164952857316),
        ("layer4.0.downsample.1.weight", 0.2972693500565275, -0.07956235191677949),
        ("layer4.0.downsample.1.bias", 0.30128345667820267, 0.04954894723177286),
        ("fc.weight", 2.152007149867341, -1.3208823111010881),
        ("fc.bias", 0.2830251982513035, -0.08321217804847396),
      ]),
    Reference(
      configuration: ResNetConfiguration(
        classes: 3, width: 8, inputChannels: 2, blocks: [1, 1], activation: .relu, stem: .unpooled),
      size: 12,
      logits: [
        0.45371510155925165, 0.33786727009253065, -0.04653196616332145, 0.5854099035844227,
        0.6016951063491109, -0.07111010024676692,
      ],
      loss: 0.6962879497517781,
      gradients: [
        ("conv1.weight", 0.3674834501011082, -0.0260308364914133),
        ("bn1.weight", 0.03538482195602966, -0.039593844222952215),
        ("bn1.bias", 0.033893275119089315, -0.01034571864578381),
        ("layer1.0.conv1.weight", 0.05312827688237314, 0.0002276342061307262),
        ("layer1.0.bn1.weight", 0.001280437963477454, 0.0012029166577740796),
        ("layer1.0.bn1.bias", 0.005250048214000913, -0.005486188732610489),
        ("layer1.0.conv2.weight", 0.0399861250020925, -0.0014986885347191437),
        ("layer1.0.bn2.weight", 0.014517289018436932, 0.010244983199028099),
        ("layer1.0.bn2.bias", 0.04928634348782725, -0.06623843336682243),
        ("layer2.0.conv1.weight", 0.01033709692857471, -0.006510479182576524),
        ("layer2.0.bn1.weight", 0.0012905316131800184, -0.0003818270331862026),
        ("layer2.0.bn1.bias", 0.003959878400802446, 0.00047633912895706605),
        ("layer2.0.conv2.weight", 0.09232279914074853, 0.004097148815715487),
        ("layer2.0.bn2.weight", 0.08790283233563663, 0.03441028139793771),
        ("layer2.0.bn2.bias", 0.14206106995952916, 0.09415369874569),
        ("layer2.0.downsample.0.weight", 0.2551058976108767, 0.029927876925760016),
        ("layer2.0.downsample.1.weight", 0.06687208970602487, 0.0048311496725356486),
        ("layer2.0.downsample.1.bias", 0.14206106995952916, 0.09415369874569),
        ("fc.weight", 0.6847308915903365, -0.33457909888695014),
        ("fc.bias", 0.28920530398693406, -0.08094328175377842),
      ]),
    Reference(
      configuration: ResNetConfiguration(
        classes: 3, width: 8, inputChannels: 2, blocks: [2, 1], activation: .mish, stem: .small),
      size: 12,
      logits: [
        0.6235610825520006, 0.31164693460354503, -0.21611249152991577, 0.6574106565259384,
        0.29722208337995776, -0.25581869542035385,
      ],
      loss: 0.6208097965456922,
      gradients: [
        ("conv1.weight", 0.04209248460510948, 0.00031787339592622083),
        ("bn1.weight", 0.01056512206895741, 0.011158954499134953),
        ("bn1.bias", 0.00825658958387597, -0.00013243146713824705),
        ("layer1.0.conv1.weight", 0.008080497734208329, -0.0008770546999287993),
        ("layer1.0.bn1.weight", 0.0024308492252564577, -0.00042758820448659553),
        ("layer1.0.bn1.bias", 0.0020251877047028975, 4.1783565801524166e-05),
        ("layer1.0.conv2.weight", 0.03344822773341482, 0.0032189239657662077),
        ("layer1.0.bn2.weight", 0.033491459608850506, -0.0545300196186405),
        ("layer1.0.bn2.bias", 0.02566596077910599, -0.027610199479974958),
        ("layer1.1.conv1.weight", 0.007121908639737637, 0.0002351420497427809),
        ("layer1.1.bn1.weight", 0.0031499802128290228, -0.0010856662195395466),
        ("layer1.1.bn1.bias", 0.004209247807908856, 0.0001173295856445075),
        ("layer1.1.conv2.weight", 0.043350425503146085, 0.0038348938718240806),
        ("layer1.1.bn2.weight", 0.025220521163646495, -0.013730047494353359),
        ("layer1.1.bn2.bias", 0.05152904033638886, -0.06002817961950024),
        ("layer2.0.conv1.weight", 0.005090501643123953, -2.5181424519130286e-05),
        ("layer2.0.bn1.weight", 0.0013460515933929646, -0.0006975125936696106),
        ("layer2.0.bn1.bias", 0.0035196889209643473, -0.0006218970593612329),
        ("layer2.0.conv2.weight", 0.05182398312632145, 0.0052969848495457985),
        ("layer2.0.bn2.weight", 0.07923168504661697, 0.05644638068460514),
        ("layer2.0.bn2.bias", 0.12879354362890752, 0.09015370513797355),
        ("layer2.0.downsample.0.weight", 0.43766582317757824, 0.26851765675346057),
        ("layer2.0.downsample.1.weight", 0.06020922314114378, 0.053643302738192636),
        ("layer2.0.downsample.1.bias", 0.12879354362890752, 0.09015370513797355),
        ("fc.weight", 0.48755401004387067, -0.12005372831989215),
        ("fc.bias", 0.26772485287797576, -0.07260970258829044),
      ]),
  ]
}
