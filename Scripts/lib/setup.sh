# Sourced by the scripts beside this folder, never run by itself.
#
#   etacal_setup [PROGRAM...]   what building and running EtaCal needs, and python3, python3-venv, chromium, h5dump or slurm
#                               when asked
#
# Looks for each thing where the build will look for it (pkg-config, the linker's and the compiler's folders), so
# that a library built by hand counts too. On Debian and Ubuntu what is missing is installed with apt-get, as root or
# through sudo; elsewhere it is listed. Says nothing when nothing is missing. Leaves the script with status 69 when it
# cannot help.

etacal_swift_minimum=6.2

etacal_say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

etacal_give_up() {
    etacal_say "$@"
    exit 69
}

# One line for each missing thing: Debian package, then what it is for.
etacal_missing() {
    local linux='' program library
    [ "$(uname)" = Linux ] && linux=yes

    etacal_has git || echo 'git Git, to fetch the Swift packages'
    etacal_has pkg-config || echo 'pkg-config pkg-config, to find the C libraries'
    etacal_has gnuplot || echo 'gnuplot-nox gnuplot, to draw the figures'
    etacal_has_library gsl || echo 'libgsl-dev GNU Scientific Library, with headers'
    etacal_has_library zlib || echo 'zlib1g-dev zlib, with headers'
    etacal_has_library libcrypto || echo 'libssl-dev OpenSSL libcrypto, with headers'
    etacal_has_library hdf5 || echo 'libhdf5-dev HDF5, with headers'
    etacal_has_fastjet || echo 'libfastjet-dev FastJet, with headers'

    if [ -n "$linux" ]; then
        etacal_any /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem ||
            echo 'ca-certificates CA certificates, to fetch the Swift packages'
        # Swift brings its own clang, which borrows start files, headers and libgcc from the system's compiler, ...
        { etacal_any /usr/include/stdio.h && etacal_any /usr/include/c++/*/vector &&
            etacal_any /usr/lib/gcc/*/*/crtbeginS.o /usr/lib64/gcc/*/*/crtbeginS.o; } ||
            echo 'g++ C and C++ headers and libgcc (with the GNU C++ compiler)'
        # ... and links with gold.
        etacal_has ld.gold || echo 'binutils the gold linker (binutils or binutils-gold)'
        for library in $(etacal_unresolved_by_swift); do
            case $library in
                libcurl.so.4) echo 'libcurl4 libcurl, for Swift itself' ;;
                libedit.so.2) echo 'libedit2 libedit, for Swift itself' ;;
                libncurses.so.6) echo 'libncurses6 ncurses, for Swift itself' ;;
                libsqlite3.so.0) echo 'libsqlite3-0 SQLite, for Swift itself' ;;
                libstdc++.so.6) echo 'libstdc++6 the C++ library, for Swift itself' ;;
                libtinfo.so.6) echo 'libtinfo6 terminfo, for Swift itself' ;;
                libuuid.so.1) echo 'libuuid1 libuuid, for Swift itself' ;;
                libxml2.so.2) echo 'libxml2 libxml2, for Swift itself' ;;
                libz.so.1) echo 'zlib1g zlib, for Swift itself' ;;
                *) echo "? the shared library $library, for Swift itself" ;;
            esac
        done
    fi
    for program in "$@"; do
        # The report is opened in a browser, HDF5 files by the tools of the HDF5 Group, and batch jobs run by tests alone.
        case $program in
            chromium)
                etacal_has chromium || etacal_has chromium-browser || etacal_has google-chrome ||
                    echo 'chromium Chromium, to test the report'
                ;;
            h5dump)
                etacal_has h5dump && etacal_has h5repack || echo 'hdf5-tools h5dump and h5repack, to test HDF5 files'
                ;;
            slurm)
                { etacal_has slurmctld && etacal_has slurmd && etacal_has sbatch; } ||
                    echo 'slurm-wlm Slurm, to test batch jobs'
                etacal_has munged || echo 'munge MUNGE, for Slurm'
                ;;
            # Debian's python3 comes without the means to make virtual environments.
            python3-venv)
                python3 -c 'import ensurepip, venv' 2>/dev/null || echo 'python3-venv virtual environments of Python'
                ;;
            *) etacal_has "$program" || echo "$program $program" ;;
        esac
    done
}

etacal_has() { command -v "$1" >/dev/null 2>&1; }

etacal_has_library() { etacal_has pkg-config && pkg-config --exists "$1"; }

# FastJet has no file for pkg-config: the compiler and the linker look for it in their own folders.
etacal_has_fastjet() {
    etacal_any /usr/include/fastjet/ClusterSequence.hh /usr/local/include/fastjet/ClusterSequence.hh &&
        etacal_any /usr/lib/*/libfastjet.so /usr/lib/libfastjet.so /usr/lib64/libfastjet.so /usr/local/lib/libfastjet.so
}

# Whether one of the paths exists; a pattern that matches nothing arrives as itself.
etacal_any() {
    local path
    for path in "$@"; do
        [ -e "$path" ] && return 0
    done
    return 1
}

# Without ncurses `swift` does not even start, so its libraries are looked up rather than tried.
etacal_unresolved_by_swift() {
    local bin programs=() name
    bin=$(dirname "$(readlink -f "$(command -v swift)")")
    for name in swift-driver swift-frontend swift-build swift-package swift-test swift-autolink-extract clang lld; do
        [ -e "$bin/$name" ] && programs+=("$bin/$name")
    done
    [ "${#programs[@]}" -gt 0 ] && etacal_has ldd || return 0
    { ldd "${programs[@]}" 2>/dev/null || true; } | awk '/not found/ { print $1 }' | sort -u
}

# Runs apt-get as root; its output is shown only when it fails.
etacal_apt() {
    local log status=0
    log=$(mktemp)
    "${etacal_as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" \
        </dev/null >"$log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || sed 's/^/    /' "$log" >&2
    rm -f "$log"
    return "$status"
}

etacal_install() {
    local packages=("$@") by_hand
    by_hand="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
    etacal_as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        etacal_has sudo || etacal_give_up "missing packages, and neither root nor sudo here; run as root: $by_hand"
        # A password is asked for only where somebody can type it.
        sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; } ||
            etacal_give_up "missing packages, and sudo does not let us install them; run as root: $by_hand"
        etacal_as_root=(sudo)
    fi
    etacal_say "installing ${packages[*]}${etacal_as_root[0]+ (through sudo)}"
    # One unreachable source of many need not matter: the packages may be in the others, or in the old lists.
    etacal_apt update || etacal_say 'apt-get update failed (above); trying to install all the same'
    # Newer systems have gold in a package of its own.
    if [[ " ${packages[*]} " == *' binutils '* && -n $(apt-cache show binutils-gold 2>/dev/null) ]]; then
        packages+=(binutils-gold)
    fi
    etacal_apt install --no-install-recommends "${packages[@]}" ||
        etacal_give_up "apt-get could not install the packages (above); try as root: $by_hand"
}

etacal_setup() {
    local missing version minimum=$etacal_swift_minimum
    local remedy='get it from https://www.swift.org/install and put its usr/bin on PATH'
    etacal_has swift || etacal_give_up "Swift $minimum or later is needed and none is on PATH: $remedy"

    missing=$(etacal_missing "$@")
    if [ -n "$missing" ]; then
        if etacal_has apt-get && ! grep -q '^? ' <<<"$missing"; then
            # shellcheck disable=SC2046  # one word a package
            etacal_install $(cut -d' ' -f1 <<<"$missing" | sort -u)
            missing=$(etacal_missing "$@")
        fi
        [ -z "$missing" ] || etacal_give_up "please install what is missing:
$(sed -E 's/^\? (.*)/    \1/; t; s/^([^ ]*) (.*)/    \2 [Debian: \1]/' <<<"$missing")"
    fi

    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1) || true
    if [ "$(printf '%s\n' "$minimum" "$version" | sort -V | head -n 1)" != "$minimum" ]; then
        etacal_give_up "Swift $minimum or later is needed, here is ${version:-one that does not run}: $remedy"
    fi
}
