#!/usr/bin/env python3
"""Pythia oracle for charged tracks in jets: generate, then summarise to tracks.json.

    python tracks.py --events 3000 --rounds 21 22 23  # generate three rounds into --cache, then summarise: tracks.json here
    python tracks.py --rounds                        # only summarise what --cache holds

Needs pythia8mc 8.317.0, fastjet, numpy, awkward.  One process, seeds fixed: seed = 100000 + 1000*round + 10*slice + sample.

Events.  pp 13 TeV, Monash (Tune:pp = 14), ISR, FSR, MPI, hadronisation, decays with tau0 < 1000 mm (K_S and hyperons decay;
pi+-, K+-, K_L do not).  pHat slices of 15, 30, 60, 120, 250, 500, 1000, 2000 GeV.  Three samples: 0 HardQCD:all *without* flavour creation
(outgoing b bbar or c cbar from other incoming partons), 1 HardQCD:hardbbbar, 2 HardQCD:hardccbar.  Their sum is HardQCD:all
exactly.  Within a slice pHat is biased by pHat^4.5 (PhaseSpace:bias2Selection) so that weights hardly jump at the slices'
edges: an event i of sample s, slice k has the weight sigma_{s,k} w_i / sum(w), w = pHat^-4.5.  A round has `events` events
a slice of sample 0, 0.4*events of samples 1 and 2.  Decay kinematics (item "decays") use no weights.  Events with pHat < 15 GeV are missing (a little of the bin 20-30).

Jets.  FastJet anti-kT R = 0.4, E scheme, of the final particles without neutrinos |eta| < 5.2 (K_S and hyperons decayed);
pT > 20, |eta| < 2.1 (pseudorapidity; dR uses it too).  Jets with pT < 0.3 pHatMin (weight negligible) or pT > 1.8 pHatMax or
pT > 2.5 pHat of the event (a few jets of giant weight) are dropped.

Flavour.  5: weakly decaying b hadron (b hadron without a b-hadron daughter, no onia) with pT > 5 within dR < 0.3;
4: likewise c; else the outgoing parton (hard process, showers, MPI; not incoming copies) of highest pT within dR < 0.4.
light = 1-3, gluon = 21.  bottom_fc, charm_fc: jets of samples 1, 2 only (flavour creation, more statistics at high pT).

Track.  Charged final particle, pT > 1, |eta| < 2.5, dR < 0.4.  Origin codes:
0 prompt; 1 B: weak b-hadron ancestor, no weak c one; 2 D: weak c-hadron ancestor; 3, 4, 5 nearest weak strange ancestor is
K_S / Lambda / other (Sigma+-, Xi, Omega), no heavy ancestor; 6 a weak strange ancestor that has a heavy ancestor (HV0).
B and D below never include code 6.

d0 = |x_v sin(phi) - y_v cos(phi)| in mm, (x_v, y_v) the production vertex; jet-signed: (x_v sin(phi) - y_v cos(phi)) *
sign(sin(phi - phi_jet)), positive when the track crosses the jet axis downstream.
"""
import argparse, glob, json, os, time
import numpy as np

SLICES = [(15, 30), (30, 60), (60, 120), (120, 250), (250, 500), (500, 1000), (1000, 2000)]
PROC = ["HardQCD:all=on", "HardQCD:hardbbbar=on", "HardQCD:hardccbar=on"]
EDGES = np.array([20, 30, 45, 65, 100, 150, 225, 340, 500, 750, 1100, 1600], float)
R = 0.4
POW = 4.5                       # events are made with the density sigma * pHat^POW and carry the weight pHat^-POW
HEAVY_SHARE = 0.4               # events of samples 1, 2 each, over those of sample 0
OUT = np.array([22, 23, 24, 33, 34, 43, 44, 47, 48, 49, 51, 52, 55, 56, 57, 58, 59, 62])   # outgoing partons' |status|
CHARGED = np.array([11, 13, 211, 321, 2212, 3112, 3222, 3312, 3334])
STRANGE = {310: 3, 3122: 4, 3112: 5, 3222: 5, 3312: 5, 3322: 5, 3334: 5}


def heavy(aid, q):
    """True where |id| is an open hadron whose heaviest quark is q."""
    a = aid % 10000
    q1, q2, q3 = a // 1000, (a // 100) % 10, (a // 10) % 10
    return (aid > 100) & (aid < 100000) & (q3 > 0) & ((q1 == q) | ((q1 == 0) & (q2 == q) & (q3 != q)) |
                                                  ((q1 > 0) & (q1 < q) & (q2 == q)))


def dphi(a, b):
    return (a - b + np.pi) % (2 * np.pi) - np.pi


def boosted_p(px, py, pz, e, X, Y, Z, E, M):
    """|p| of (px,py,pz,e) in the rest frame of (X,Y,Z,E) of mass M."""
    es = (e * E - px * X - py * Y - pz * Z) / M
    m2 = np.maximum(e * e - px * px - py * py - pz * pz, 0)
    return np.sqrt(np.maximum(es * es - m2, 0))


def analyse(batch, lo, hi, sample, store):
    """Adds one nextBatch() result's jets, tracks, hadrons to the store (dict of lists of arrays)."""
    import awkward as ak, fastjet
    prt = batch.prt
    n = ak.to_numpy(ak.num(prt.id)); off = np.concatenate([[0], np.cumsum(n)])
    f = lambda x: ak.to_numpy(ak.flatten(x))
    ID, ST, M1 = f(prt.id), f(prt.status), f(prt.mother1)
    px, py, pz, e = (f(prt.p[k]) for k in ("px", "py", "pz", "e"))
    mass = f(prt.m)
    tau = f(prt.tau)
    ev = np.repeat(np.arange(len(n)), n)
    par = np.where(np.abs(ST) >= 71, M1 + off[ev], -1); par[M1 <= 0] = -1
    aid = np.abs(ID)
    final = ST > 0
    # flavour creation in sample 0: entries 5,6 (outgoing), 3,4 (incoming)
    keep = np.ones(len(n), bool)
    if sample == 0:
        b0 = off[:-1]
        o5, o6, i3 = ID[b0 + 5], ID[b0 + 6], aid[b0 + 3]
        keep = ~((o5 == -o6) & ((np.abs(o5) == 5) | (np.abs(o5) == 4)) & (i3 != np.abs(o5)))
    # weak hadrons
    weak = {}
    for q in (5, 4):
        h = heavy(aid, q); h[heavy(aid, 5)] = (q == 5) & h[heavy(aid, 5)]
        w = h & (ST < 0)
        k = np.where(h & (par >= 0))[0]
        w[par[k]] = False
        weak[q] = w
    scode = np.zeros(len(ID), np.int8)
    for k, c in STRANGE.items():
        scode[(aid == k) & (ST < 0)] = c
    chg = final & np.isin(aid, CHARGED)
    isV0 = (scode == 3) | (scode == 4)
    need = np.where(chg | weak[4] | isV0)[0]
    aB = np.full(len(ID), -1); aC = np.full(len(ID), -1); aS = np.full(len(ID), -1)
    # Production vertices: the sum of the ancestors' tau p/m.  nextBatch's own vProd is NOT used: in pythia8mc 8.317.0
    # it is shifted against the particles by one entry more for every event of the batch.
    vx, vy = np.zeros(len(ID)), np.zeros(len(ID))
    im = np.where(mass > 0, tau / np.where(mass > 0, mass, 1), 0.0)
    dec = (np.abs(ST) >= 91) & (np.abs(ST) <= 99)
    cur = par[need].copy(); act = need.copy(); kid = need.copy()
    while len(act):
        g = cur >= 0; act, cur, kid = act[g], cur[g], kid[g]
        s = dec[kid]; vx[act[s]] += im[cur[s]] * px[cur[s]]; vy[act[s]] += im[cur[s]] * py[cur[s]]
        kid = cur
        s = weak[5][cur] & (aB[act] < 0); aB[act[s]] = cur[s]
        s = weak[4][cur] & (aC[act] < 0); aC[act[s]] = cur[s]
        s = (scode[cur] > 0) & (aS[act] < 0); aS[act[s]] = cur[s]
        cur = par[cur]
    org = np.zeros(len(ID), np.int8)
    hv = (aB >= 0) | (aC >= 0)
    org[(aB >= 0)] = 1
    org[(aC >= 0)] = 2
    s = aS >= 0
    org[s] = np.where(hv[s], 6, scode[aS[s]])
    pt = np.hypot(px, py); phi = np.arctan2(py, px)
    with np.errstate(divide="ignore", invalid="ignore"):
        eta = np.arcsinh(pz / np.maximum(pt, 1e-9))
    add = lambda k, x: store.setdefault(k, []).append(np.asarray(x))

    # --- decays, anywhere in the event
    T = np.where(chg & ((org == 1) | (org == 2)))[0]
    P = np.where(org[T] == 2, aC[T], aB[T])
    add("dk_parent", aid[P]); add("dk_id", aid[T])
    add("dk_p", boosted_p(px[T], py[T], pz[T], e[T], px[P], py[P], pz[P], e[P], mass[P]))
    for q, name in ((5, "hb"), (4, "hc")):
        H = np.where(weak[q])[0]
        add(name + "_id", aid[H])
        cnt = np.bincount(P, minlength=len(ID)); add(name + "_n", cnt[H])
        if q == 5:
            c = np.where(weak[4] & (aB >= 0))[0]
            nc = np.bincount(aB[c], minlength=len(ID)); add("hb_nc", nc[H])
            # all charged products, also through charm, strange excluded / included
            t = np.where(chg & (aB >= 0))[0]
            add("hb_ncharm", np.bincount(aB[t[org[t] != 6]], minlength=len(ID))[H])
            add("hb_nall", np.bincount(aB[t], minlength=len(ID))[H])
            add("cb_id", aid[c]); add("cb_parent", aid[aB[c]])
            B = aB[c]
            add("cb_p", boosted_p(px[c], py[c], pz[c], e[c], px[B], py[B], pz[B], e[B], mass[B]))
            add("cb_nc", nc[B])
        else:
            add("hc_fromb", aB[H] >= 0)

    # --- jets
    sel = final & ~np.isin(aid, [12, 14, 16]) & (np.abs(eta) < 5.2)
    import vector
    cnt = np.bincount(ev[sel], minlength=len(n))
    arr = ak.unflatten(ak.zip({"px": px[sel], "py": py[sel], "pz": pz[sel], "E": e[sel]}, with_name="Momentum4D"), cnt)
    jets = fastjet.ClusterSequence(arr, fastjet.JetDefinition(fastjet.antikt_algorithm, R)).inclusive_jets(min_pt=20.0)
    nj = ak.to_numpy(ak.num(jets.px))
    jx, jy, jz = (ak.to_numpy(ak.flatten(jets[k])) for k in ("px", "py", "pz"))
    jev = np.repeat(np.arange(len(n)), nj)
    jpt = np.hypot(jx, jy); jphi = np.arctan2(jy, jx); jeta = np.arcsinh(jz / jpt)
    phat = np.sqrt(ak.to_numpy(batch.info.pT2Hat)); wt = (phat / lo) ** -POW
    add("wsum", [wt.sum()])
    good = keep[jev] & (np.abs(jeta) < 2.1) & (jpt > 0.3 * lo) & (jpt < 1.8 * hi) & (jpt < 2.5 * phat[jev])
    tr = np.where(chg & (pt > 1) & (np.abs(eta) < 2.5))[0]
    hb = np.where(weak[5] & (pt > 5))[0]; hc = np.where(weak[4] & (pt > 5))[0]
    v0 = np.where(isV0 & (pt > 1))[0]
    # decay channel of V0: both daughters charged hadrons
    kids = np.bincount(par[(par >= 0) & np.isin(aid, [211, 2212])], minlength=len(ID))
    v0 = v0[kids[v0] == 2]
    pa = np.where(((aid <= 5) | (aid == 21)) & (aid > 0) & np.isin(np.abs(ST), OUT) & (pt > 1))[0]
    span = lambda idx: np.searchsorted(ev[idx], np.arange(len(n) + 1))
    sp = {k: (i, span(i)) for k, i in (("tr", tr), ("hb", hb), ("hc", hc), ("v0", v0), ("pa", pa))}
    base = store.setdefault("_njets", [0])

    def near(k, j, r):
        i, s = sp[k]; E = jev[j]
        i = i[s[E]:s[E + 1]]
        d = np.hypot(eta[i] - jeta[j], dphi(phi[i], jphi[j]))
        g = d < r
        return i[g], d[g]
    for j in np.where(good)[0]:
        nb, _ = near("hb", j, 0.3); ncc, _ = near("hc", j, 0.3)
        lead, nh = -1, 0
        if len(nb): fl, hs = 5, nb
        elif len(ncc): fl, hs = 4, ncc
        else:
            hs = []
            q, _ = near("pa", j, R)
            fl = aid[q[np.argmax(pt[q])]] if len(q) else 0
        if len(hs): lead, nh = hs[np.argmax(pt[hs])], len(hs)
        t, d = near("tr", j, R)
        w, dw = near("v0", j, R)
        J = base[0]; base[0] += 1
        add("jet", [[jpt[j], fl, jeta[j], nh, aid[lead] if nh else 0, pt[lead] if nh else 0,
                     dphi(phi[lead], jphi[j]) if nh else 0, wt[jev[j]]]])
        if len(hs): add("jh", np.column_stack([np.full(nh, J), aid[hs], pt[hs], dphi(phi[hs], jphi[j])]))
        dp = dphi(phi[t], jphi[j])
        x = vx[t] * np.sin(phi[t]) - vy[t] * np.cos(phi[t])
        add("trk", np.column_stack([np.full(len(t), J), org[t], pt[t], dp, d, x * np.sign(np.sin(dp)), np.hypot(vx[t], vy[t])]))
        if len(w): add("v0", np.column_stack([np.full(len(w), J), scode[w], hv[w], pt[w], dphi(phi[w], jphi[j])]))


def generate(rnd, events, cache):
    import pythia8mc as pythia8
    for sample in (0, 1, 2):
        for k, (lo, hi) in enumerate(SLICES):
            name = f"{cache}/r{rnd:03d}_s{sample}_k{k}.npz"
            if os.path.exists(name): continue
            t0 = time.time()
            N = events if sample == 0 else int(HEAVY_SHARE * events)
            p = pythia8.Pythia("", False)
            for s in ("Print:quiet=on", "Tune:pp=14", "PhaseSpace:bias2Selection=on", f"PhaseSpace:bias2SelectionPow={POW}",
                      f"PhaseSpace:bias2SelectionRef={lo}", "Beams:eCM=13000", PROC[sample], f"PhaseSpace:pTHatMin={lo}",
                      f"PhaseSpace:pTHatMax={hi}", "ParticleDecays:limitTau0=on", "ParticleDecays:tau0Max=1000",
                      "Random:setSeed=on", f"Random:seed={100000 + 1000 * rnd + 10 * k + sample}",
                      "MultipartonInteractions:reuseInit=3", f"MultipartonInteractions:initFile={cache}/mpi_s{sample}.dat"):
                if not p.readString(s): raise SystemExit("bad setting " + s)
            if not p.init(): raise SystemExit("init failed")
            store, done = {}, 0
            import awkward as ak
            while done < N:
                b = p.nextBatch(min(200, N - done))
                b = b[ak.num(b.prt.id) > 7]
                done += len(b)
                analyse(b, lo, hi, sample, store)
            store.pop("_njets")
            out = {q: np.concatenate(x) for q, x in store.items()}
            sig = p.infoPython() if hasattr(p, "infoPython") else p.info
            out["meta"] = np.array([sample, k, done, sig.sigmaGen() * 1e9, sig.sigmaErr() * 1e9, out["wsum"].sum()])   # pb
            np.savez_compressed(name, **out)
            print(f"{name} {done} events {len(out['jet'])} jets sigma {out['meta'][3]:.4g} pb {time.time() - t0:.1f} s", flush=True)


# ---------------------------------------------------------------- summary
def wq(x, w, qs):
    """Weighted quantiles (per cent)."""
    if len(x) == 0: return None
    i = np.argsort(x); x, c = x[i], np.cumsum(w[i]); c = (c - 0.5 * w[i]) / c[-1]
    return [round(float(z), 6) for z in np.interp(np.array(qs) / 100, c, x)]


def wmean(x, w):
    """Weighted mean of per-jet values, its standard error, the weighted variance."""
    m = np.average(x, weights=w); r = w * (x - m)
    return dict(mean=float(m), err=float(np.sqrt((r ** 2).sum()) / w.sum()), var=float(np.average((x - m) ** 2, weights=w)))


def rmean(x, wj, J):
    """Mean over tracks x of the jets J (index into wj), error clustered by jet."""
    if len(x) < 2: return None
    w = wj[J]; m = np.average(x, weights=w)
    r = np.bincount(J, w * (x - m), minlength=len(wj))
    return dict(mean=float(m), err=float(np.sqrt((r ** 2).sum()) / w.sum()))


Q9 = [1, 5, 10, 25, 50, 75, 90, 95, 99]
Q21 = [0.5, 1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95, 98, 99, 99.5]
NAMES = {511: "B0", 521: "B+", 531: "Bs", 541: "Bc", 5122: "Lambda_b", 5132: "Xi_b-", 5232: "Xi_b0", 5332: "Omega_b",
         411: "D+", 421: "D0", 431: "Ds", 4122: "Lambda_c", 4132: "Xi_c0", 4232: "Xi_c+", 4332: "Omega_c"}


def fractions(ids, w=None):
    w = np.ones(len(ids)) if w is None else w
    return {NAMES.get(int(i), str(int(i))): round(float(w[ids == i].sum() / w.sum()), 5) for i in np.unique(ids)}


def spectrum(p, extra=None):
    d = dict(n=int(len(p)), mean=float(p.mean()), err=float(p.std() / np.sqrt(len(p))), rms=float(np.sqrt((p ** 2).mean())),
             quantiles=wq(p, np.ones(len(p)), Q21))
    return d


def multiplicity(n):
    h = np.bincount(np.minimum(n, 10), minlength=11) / len(n)
    return dict(n_hadrons=int(len(n)), mean=float(n.mean()), err=float(n.std() / np.sqrt(len(n))), P=[round(float(x), 5) for x in h])


def summarise(cache, path):
    import pythia8mc as pythia8
    files = sorted(glob.glob(f"{cache}/r*.npz"))
    D = [dict(np.load(f)) for f in files]
    meta = np.array([d["meta"] for d in D])
    tot, sig, ws = {}, {}, {}
    for s, k in {(int(a), int(b)) for a, b in meta[:, :2]}:
        g = (meta[:, 0] == s) & (meta[:, 1] == k)
        tot[s, k] = meta[g, 2].sum(); ws[s, k] = meta[g, 5].sum(); sig[s, k] = np.average(meta[g, 3], weights=meta[g, 2])
    jets, trk, v0, jh, W, S, o = [], [], [], [], [], [], 0
    for d, m in zip(D, meta):
        s, k = int(m[0]), int(m[1])
        jets.append(d["jet"]); W.append(d["jet"][:, 7] * sig[s, k] / ws[s, k]); S.append(np.full(len(d["jet"]), s))
        for L, q in ((trk, "trk"), (v0, "v0"), (jh, "jh")):
            if q in d and len(d[q]): x = d[q].copy(); x[:, 0] += o; L.append(x)
        o += len(d["jet"])
    jets, trk, v0, jh, W, S = (np.concatenate(x) for x in (jets, trk, v0, jh, W, S))
    tj, vj, hj = trk[:, 0].astype(int), v0[:, 0].astype(int), jh[:, 0].astype(int)
    pd = pythia8.Pythia("", False).particleData
    res = dict(
        about=dict(generator="Pythia 8.317 Monash (Tune:pp 14), pp 13 TeV", units="GeV, mm, rad; quantile levels in per cent",
                   definitions="docstring of tracks.py", quantiles9=Q9, quantiles21=Q21,
                   events={f"{['all_no_fc','hardbbbar','hardccbar'][s]} {SLICES[k][0]}-{SLICES[k][1]}":
                           dict(n=int(tot[s, k]), sigma_pb=float(sig[s, k])) for s, k in sorted(tot)},
                   events_total=int(meta[:, 2].sum()), jets_total=int(len(jets)), pt_edges=EDGES.tolist()), jets={})
    fl = jets[:, 1].astype(int)
    classes = {"light": (fl >= 1) & (fl <= 3), "charm": (fl == 4) & (jets[:, 3] > 0), "bottom": (fl == 5) & (jets[:, 3] > 0),
               "gluon": fl == 21, "charm_fc": (fl == 4) & (jets[:, 3] > 0) & (S == 2), "bottom_fc": (fl == 5) & (jets[:, 3] > 0) & (S == 1)}
    org = trk[:, 1].astype(int)
    for name, g in classes.items():
        res["jets"][name] = []
        for lo, hi in zip(EDGES[:-1], EDGES[1:]):
            gj = np.where(g & (jets[:, 0] >= lo) & (jets[:, 0] < hi))[0]
            if len(gj) < 5:
                res["jets"][name].append(dict(pt=[lo, hi], n_jets=int(len(gj)))); continue
            new = np.full(len(jets), -1); new[gj] = np.arange(len(gj))
            w = W[gj]; j = jets[gj]; pj = j[:, 0]; n = len(gj)
            tm = new[tj] >= 0; t = trk[tm]; J = new[tj[tm]]; o_ = org[tm]
            u = np.log(t[:, 2]) / np.log(pj[J])
            kt = np.abs(t[:, 3]) * t[:, 2]; d0 = np.abs(t[:, 5])
            count = lambda s: np.bincount(J[s], minlength=n).astype(float)
            r = dict(pt=[lo, hi], n_jets=n, n_eff=float(w.sum() ** 2 / (w ** 2).sum()), pt_jet=wmean(pj, w))
            p = o_ == 0
            bins = {}
            for a, b in ((0, .2), (.2, .4), (.4, .6), (.6, .8), (.8, 1.2)):
                s = p & (u >= a) & (u < b)
                if s.sum() > 5:
                    ww = w[J[s]]
                    bins[f"{a}-{b}"] = dict(share=float(ww.sum() / w[J[p]].sum()), median_kt=wq(kt[s], ww, [50])[0],
                                            rms_kt=float(np.sqrt(np.average(kt[s] ** 2, weights=ww))), median_dr=wq(t[s, 4], ww, [50])[0])
            r["prompt"] = dict(count=wmean(count(p), w), u=rmean(u[p], w, J[p]), u_quantiles=wq(u[p], w[J[p]], Q9),
                               kt_rms=float(np.sqrt(np.average(kt[p] ** 2, weights=w[J[p]]))), kt_median=wq(kt[p], w[J[p]], [50])[0],
                               dr_median=wq(t[p, 4], w[J[p]], [50])[0], by_u=bins,
                               count_P=[round(float(w[np.minimum(count(p), 60) == i].sum() / w.sum()), 5) for i in range(61)])
            r["all_count"] = wmean(count(o_ >= 0), w)
            if name[0] in "cb":
                x = j[:, 5] / pj; kd = np.abs(j[:, 6]) * pj
                r["hadron"] = dict(x=wmean(x, w), x_quantiles=wq(x, w, Q21), ktjet_rms=float(np.sqrt(np.average(kd ** 2, weights=w))),
                                   ktjet_quantiles=wq(kd, w, Q9), two_or_more=wmean((j[:, 3] > 1) * 1.0, w))
                for tag, m in (("single", j[:, 3] == 1), ("double", j[:, 3] > 1)):      # one such hadron, or several
                    if m.sum() < 10: continue
                    wm = np.where(m, w, 0)
                    r["hadron"][tag] = dict(n_jets=int(m.sum()), x=wmean(x, wm), x_quantiles=wq(x[m], w[m], Q21), ktjet_quantiles=wq(kd[m], w[m], Q9),
                        prompt_count=wmean(count(p), wm), B_count=wmean(count(o_ == 1), wm), D_count=wmean(count(o_ == 2), wm))
                if "double" in r["hadron"]:                     # the second hardest of such hadrons
                    hm = new[hj] >= 0; h = jh[hm]; HJ = new[hj[hm]]
                    i = np.lexsort((-h[:, 2], HJ)); h, HJ = h[i], HJ[i]
                    rank = np.arange(len(HJ)) - np.searchsorted(HJ, HJ)
                    s = rank == 1; x2, k2, w2 = h[s, 2] / pj[HJ[s]], np.abs(h[s, 3]) * pj[HJ[s]], w[HJ[s]]
                    r["hadron"]["double"].update(second_x_quantiles=wq(x2, w2, Q21), second_ktjet_quantiles=wq(k2, w2, Q9))
            vm = new[vj] >= 0; v = v0[vm]; VJ = new[vj[vm]]
            r["v0"] = {}
            for code, nm in ((3, "K_S"), (4, "Lambda")):
                for h, tag in ((0, ""), (1, "_from_heavy")):
                    s = (v[:, 1] == code) & (v[:, 2] == h)
                    q = dict(count=wmean(np.bincount(VJ[s], minlength=n).astype(float), w))
                    if h == 0:
                        uv = np.log(v[s, 3]) / np.log(pj[VJ[s]]); q.update(u=rmean(uv, w, VJ[s]), u_quantiles=wq(uv, w[VJ[s]], Q9),
                             kt_median=(wq(np.abs(v[s, 4]) * v[s, 3], w[VJ[s]], [50]) or [None])[0])
                    r["v0"][nm + tag] = q
            cut = (t[:, 6] < 30) & (d0 < 2)
            for code, nm in ((3, "K_S"), (4, "Lambda"), (5, "other"), (6, "from_heavy")):
                r["v0"]["tracks_" + nm] = wmean(count(o_ == code), w)
                r["v0"]["tracks_" + nm + "_r30_d2"] = wmean(count((o_ == code) & cut), w)
            r["v0"]["tracks_r30_d2"] = wmean(count((o_ >= 3) & (o_ <= 5) & cut), w)
            s = (o_ >= 3) & (o_ <= 5) & cut
            r["v0"]["d0_r30_d2"] = dict(quantiles=wq(d0[s], w[J[s]], Q9), positive=rmean((t[s, 5] > 0) * 1.0, w, J[s]))
            r["displaced"] = {}
            for code, nm in ((1, "B"), (2, "D")):
                s = o_ == code
                if s.sum() < 5: continue
                ww = w[J[s]]
                r["displaced"][nm] = dict(n_tracks=int(s.sum()), count=wmean(count(s), w), d0=rmean(d0[s], w, J[s]), d0_quantiles=wq(d0[s], ww, Q21),
                    signed_d0=rmean(t[s, 5], w, J[s]), positive=rmean((t[s, 5] > 0) * 1.0, w, J[s]), u_quantiles=wq(u[s], ww, Q9), pt=rmean(t[s, 2], w, J[s]),
                    kt_median=wq(kt[s], ww, [50])[0], radius_median=wq(t[s, 6], ww, [50])[0])
            res["jets"][name].append(r)
    # ---- decays
    cat = lambda k: np.concatenate([d[k] for d in D if k in d])
    g = fl[hj]
    hw = W[hj]
    hb, hbn, hbnc, hbch, hbal = (cat(k) for k in ("hb_id", "hb_n", "hb_nc", "hb_ncharm", "hb_nall"))
    hc, hcn, hcb = cat("hc_id"), cat("hc_n"), cat("hc_fromb").astype(bool)
    cid, cpar, cp, cnc = cat("cb_id"), cat("cb_parent"), cat("cb_p"), cat("cb_nc")
    dp, di, dk = cat("dk_parent"), cat("dk_id"), cat("dk_p")
    isb = heavy(dp, 5)
    mix = lambda s: {nm: round(float((di[s] == i).mean()), 5) for i, nm in
                     ((211, "pi"), (321, "K"), (2212, "p"), (11, "e"), (13, "mu"))} if s.any() else None
    part = lambda s: dict(mix=mix(s), p_star=spectrum(dk[s]),
                          p_star_by_type={nm: spectrum(dk[s & (di == i)]) for i, nm in ((211, "pi"), (321, "K"), (2212, "p"), (11, "e"), (13, "mu"))
                                          if (s & (di == i)).sum() > 50})
    dec = dict(
        n_b_hadrons=int(len(hb)), n_c_hadrons=int(len(hc)),
        species_b_in_bjets=fractions(jh[g == 5, 1], hw[g == 5]), species_b_in_bjets_unweighted=fractions(jh[g == 5, 1]), species_b_everywhere=fractions(hb),
        species_c_in_cjets=fractions(jh[g == 4, 1], hw[g == 4]), species_c_in_cjets_unweighted=fractions(jh[g == 4, 1]),
        species_c_not_from_b_everywhere=fractions(hc[~hcb]), species_c_from_b=fractions(cid),
        species_c_from_b_by_parent={NAMES[i]: fractions(cid[cpar == i]) for i in NAMES if 500 < i < 600 or i > 5000 if (cpar == i).sum() > 50},
        particles={nm: dict(id=i, mass=pd.m0(i), ctau_mm=pd.tau0(i)) for i, nm in list(NAMES.items()) + [(310, "K_S"), (3122, "Lambda"), (3112, "Sigma-"), (3222, "Sigma+"), (3312, "Xi-"), (3322, "Xi0"), (3334, "Omega")]},
        n_charm_per_b=[float((hbnc == i).mean()) for i in range(4)],
        b_total_charged=dict(no_strange=float(hbch.mean()), with_strange=float(hbal.mean()), err=float(hbal.std() / np.sqrt(len(hbal)))),
        multiplicity_b=multiplicity(hbn),
        multiplicity_b_by_ncharm={str(i): multiplicity(hbn[hbnc == i]) for i in range(3) if (hbnc == i).sum() > 20},
        multiplicity_b_by_species={NAMES[i]: multiplicity(hbn[hb == i]) for i in NAMES if (hb == i).sum() > 50},
        multiplicity_c={NAMES[i]: multiplicity(hcn[hc == i]) for i in NAMES if (hc == i).sum() > 50},
        multiplicity_c_all_from_b=multiplicity(hcn[hcb]), multiplicity_c_all_not_from_b=multiplicity(hcn[~hcb]),
        b_tracks=part(isb), c_tracks=part(~isb),
        c_tracks_by_species={NAMES[i]: part(dp == i) for i in (421, 411, 431, 4122)},
        charm_p_star_in_b=spectrum(cp), charm_p_star_in_b_single=spectrum(cp[cnc == 1]),
        charm_p_star_in_b_double=spectrum(cp[cnc == 2]) if (cnc == 2).sum() > 20 else None)
    res["decays"] = dec
    # What Scripts/track-model and the tests read, a line for each bin of jets.
    unread = {"count_P", "by_u", "all_count", "species_c_from_b_by_parent", "multiplicity_b", "multiplicity_b_by_species",
              "multiplicity_c_all_from_b", "multiplicity_c_all_not_from_b", "c_tracks_by_species",
              "charm_p_star_in_b_single", "charm_p_star_in_b_double", "species_b_in_bjets", "species_c_in_cjets",
              "species_b_everywhere", "species_c_not_from_b_everywhere", "x", "ktjet_rms", "prompt_count", "B_count", "D_count",
              "kt_rms", "dr_median", "charm_fc", "bottom_fc"}
    rnd = lambda x: (float(f"{x:.4g}") if isinstance(x, float) else {k: rnd(v) for k, v in x.items() if k not in unread}
                     if isinstance(x, dict) else [rnd(v) for v in x] if isinstance(x, list) else x)
    res = rnd(res)
    for b in (b for j in res["jets"].values() for b in j):
        b.get("hadron", {}).pop("x_quantiles", None); b.get("hadron", {}).pop("ktjet_quantiles", None)
    lines = ['{"about": ' + json.dumps(res["about"]) + ","]
    lines += ['"decays": {'] + [f"{json.dumps(k)}: {json.dumps(v)}," for k, v in res["decays"].items()]
    lines[-1] = lines[-1][:-1] + "},"
    lines += ['"jets": {'] + [f"{json.dumps(k)}: [\n" + ",\n".join(json.dumps(b) for b in v) + "]," for k, v in res["jets"].items()]
    lines[-1] = lines[-1][:-1] + "}}"
    with open(path + ".tmp", "w") as fo: fo.write("\n".join(lines) + "\n")
    os.replace(path + ".tmp", path)
    return res


if __name__ == "__main__":
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--events", type=int, default=1000, help="events a pHat slice and round of HardQCD:all (0.4 of it of each heavy sample)")
    a.add_argument("--rounds", type=int, nargs="*", default=[1], help="numbers of the rounds to make (each its own seeds)")
    a.add_argument("--cache", default="tracks_cache")
    a.add_argument("--out", default="tracks.json")
    a = a.parse_args()
    os.makedirs(a.cache, exist_ok=True)
    for r in a.rounds: generate(r, a.events, a.cache)
    summarise(a.cache, a.out)
