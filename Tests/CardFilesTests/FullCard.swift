/// A card with every key of its schema.
enum FullCard {
    static let text = """
        schema: etacal.detector/2
        name: everything
        summary: All that a card may say.
        jets: anti-kT, R = 0.4
        acceptance:
          abs_eta_max: 3
          pt_min: 8
          veto:
            - {eta: [1.5, 2], phi: [3, -3]}
        envelope: {vertex_spread: 40, barrel_radius: 1500, endcap_distance: 3170}
        directions:
          eta: {noise: 0.6, floor: 0.006}
          phi: {noise: 0.5, floor: 0.005}
          jet_width: 0.1
        response:
          eta: absolute
          transition: 0.1
          regions:
            - {eta: [0, 1], value: 0.9}
            - {eta: [1, 2], pt: [30, 100], values: [0.7, 0.8]}
            - {eta: [2, 3], hadronic: {scale: 1, h_over_e: 0.5, e0: 1, m: 0.82}}
          cracks:
            - {eta: 1.4, width: 0.06, depth: 0.1, pt_exponent: 0.2}
        resolution:
          eta: absolute
          regions:
            - {eta: [0, 3], n: 3, s: 0.8, c: 0.04, d: -1}
        flavours:
          light: 1.01
          charm: {pt: [30, 500], values: [1.005, 1.001]}
          bottom: 0.995
          gluon: {pt: [30, 500], values: [0.985, 0.996]}
        tails:
          eta: absolute
          regions:
            - {eta: [0, 1.5], pt: [30, 300], low_alpha: [2.0, 1.8], low_n: [10, 7], high_alpha: [2.1, 2.2], high_n: [12, 11]}
            - {eta: [1.5, 3], low_alpha: 1.7, low_n: 6}
        pile_up:
          mu: {mean: 32, width: 9}
          noise:
            eta: absolute
            regions:
              - {eta: [0, 1.5], value: 0.25}
              - {eta: [1.5, 3], value: 0.4}
          resolution_mu: 30
          jets: {rate: 0.002, power: 4, abs_eta_max: 2.9, tracker_abs_eta_max: 2.5, pt_max: 50, rejection: 0.9, hard_loss: 0.01}
        soft_terms:
          - {name: first, response: 0.92, parallel: 0.2, perpendicular: 0.15, noise: 1.5, noise_growth: 0.6, energy: 100, energy_per_mu: 18}
          - {name: second, response: {pt: [5, 50], values: [0.5, 0.6]}}
        dead_modules:
          - {eta: [0, 0.8], phi: [-0.2, 0.2], loss: 0.2}
        tracker:
          abs_eta_max: 2.5
          pt_min: 1.5
          efficiency: 0.9
          d0_max: 1.5
          radius_max: 31
          d0:
            regions:
              - {eta: [0, 1.2], pt: [1, 2, 4], values: [0.045, 0.028, 0.02]}
              - {eta: [1.2, 3], constant: 0.015, scattering: 0.166}
          tails:
            - {share: 0.02, scale: 2.5}
          beam_spot: {x: 0.01, y: 0.008, correlation: 0.1}
        pseudo_data:
          resolution_scale:
            eta: signed
            regions:
              - {eta: [-3, 0], value: 1.05}
              - {eta: [0, 3], value: 1.1}
          response:
            eta: signed
            transition: 0.05
            regions:
              - {eta: [-3, 3], value: 0.98}
          dead_modules:
            - {eta: [-2, -1], phi: [3, -3], loss: 0.15}
          mu: {mean: 34, width: 10}
          periods:
            - {run: 7, share: 0.25}
            - run: 9
              share: 0.75
              response:
                eta: absolute
                transition: 0.05
                regions:
                  - {eta: [0, 3], value: 1.02}

        """
}
