#!/bin/sh
# 安装或升级台账,不需要网络。用法见 安装手册.md,或 ./install.sh --help
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=/opt/taizhang etc=/etc/taizhang data=/var/lib/taizhang user=taizhang python='' check='' remove=''

say() { printf '%s\n' "$*"; }
stop() {
    printf '安装没有进行:%s\n' "$*" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case "$1" in
    --prefix) prefix=${2:?--prefix 后面要有文件夹} etc=$2/etc data=$2/data && shift ;;
    --user) user=${2:?--user 后面要有用户名} && shift ;;
    --python) python=${2:?--python 后面要有程序} && shift ;;
    --check) check=yes ;;
    --remove) remove=yes ;;
    -h | --help)
        say "用法: ./install.sh [--check] [--prefix 文件夹] [--user 用户] [--python 程序] [--remove]"
        say "  --check    只检查这台机器,不安装"
        say "  --prefix   装到这里,设置和数据也放在里面(etc、data);默认 /opt/taizhang、/etc/taizhang、/var/lib/taizhang"
        say "  --user     运行程序的系统用户,默认 taizhang,没有就新建"
        say "  --python   用这个 Python,默认自己找"
        say "  --remove   卸载程序;设置和数据不动"
        exit 0
        ;;
    *) stop "不认识的选项 $1;./install.sh --help 列出全部" ;;
    esac
    shift
done

root=''
[ "$(id -u)" = 0 ] && root=yes
units=''
[ -n "$root" ] && [ "$prefix" = /opt/taizhang ] && [ -d /run/systemd/system ] && units=yes

if [ -n "$remove" ]; then
    [ -e "$prefix/versions" ] || stop "$prefix 里没有台账"
    if [ -n "$units" ]; then
        systemctl disable --now taizhang-nightly.timer taizhang-backup.timer taizhang-review.service || true
        rm -f /etc/systemd/system/taizhang-*
        systemctl daemon-reload
    fi
    [ "$prefix" != /opt/taizhang ] || rm -f /usr/local/bin/taizhang
    rm -rf "$prefix/versions" "$prefix/current" "$prefix/bin"
    say "程序已卸载;设置 $etc 和数据 $data 没有动"
    exit 0
fi

# ---- 检查:缺什么一次说全 ----
[ -f "$here/requires" ] || stop "安装包不完整,缺 requires;请重新解开"
PYTHONS='' ARCHES='' VERSION='' EXTRAS=''
# shellcheck disable=SC1091
. "$here/requires"
missing=''
lacks() { missing="${missing:+$missing;}$*"; }

[ "$(uname -s)" = Linux ] || lacks "要 Linux 系统"
arch=$(uname -m)
case " $ARCHES " in
*" $arch "*) ;;
*)
    eval "names=\${MISSING_$arch:-}"
    lacks "这个安装包不能用于 $arch${names:+,缺 $names 的程序包}"
    ;;
esac

ordinary() { # 以普通用户运行:装在 /root 下的 Python 别的用户用不了
    if [ -n "$root" ]; then runuser -u nobody -- "$@"; else "$@"; fi
}
works() { # 版本在安装包所带的之中,能建虚拟环境,普通用户也能运行
    found=$(cd / && ordinary "$1" -c 'import sys, venv, sqlite3, ssl; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    case " $PYTHONS " in *" $found "*) return 0 ;; esac
    return 1
}
if [ -n "$python" ]; then
    works "$python" || lacks "$python 不是 Python $PYTHONS,或缺 venv、sqlite3 模块,或普通用户不能运行"
else
    for version in $PYTHONS; do
        for candidate in "python$version" "/usr/bin/python$version" "/usr/local/bin/python$version" python3; do
            if [ -z "$python" ] && works "$candidate"; then python=$candidate; fi
        done
    done
    [ -n "$python" ] || lacks "没有 Python $(printf '%s' "$PYTHONS" | sed 's/ / 或 /g')(要 3.11 以上;安装包所带的程序包只合用这些版本)"
fi

eval "mb=\${MB_$arch:-0} glibc=\${GLIBC_$arch:-2.0}"
has=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/.* //')
if [ -n "$has" ]; then
    [ "$(printf '%s\n%s\n' "$glibc" "$has" | sort -t. -k1,1n -k2,2n | head -n 1)" = "$glibc" ] || lacks "系统的 glibc 是 $has,要 $glibc 以上"
else
    lacks "系统不用 glibc,程序包不合用"
fi
place=$prefix
while [ ! -d "$place" ]; do place=$(dirname "$place"); done
free=$(df -Pm "$place" | awk 'NR == 2 { print $4 }')
[ "$free" -ge "$mb" ] || lacks "$place 只余 $free MB,要 $mb MB"
[ -w "$place" ] || lacks "不能在 $place 写;请用 root 运行,或加 --prefix"
command -v sha256sum >/dev/null || lacks "没有 sha256sum"
[ -z "$missing" ] || stop "$missing"
(cd "$here" && sha256sum --quiet -c SHA256SUMS >/dev/null 2>&1) || stop "安装包已损坏,有文件与校验和不符;请重新拷贝、解开"
if [ -n "$check" ]; then
    say "可以安装:台账 $VERSION,$("$python" -V),$arch,$place 余 $free MB"
    exit 0
fi

# ---- 用户和文件夹 ----
umask 077
if [ -n "$root" ]; then
    if ! getent passwd "$user" >/dev/null; then
        useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin "$user"
    fi
    as() { runuser -u "$user" -- "$@"; }
    own() { chown -R "$user:" "$@"; }
else
    as() { "$@"; }
    own() { :; }
fi
mkdir -p "$prefix/versions" "$prefix/bin"
chmod 755 "$prefix" "$prefix/versions" "$prefix/bin"
mkdir -p "$etc" "$data"
for folder in 收件箱 每日结果 备份 日志; do mkdir -p "$data/$folder"; done
if [ ! -e "$etc/taizhang.toml" ]; then
    sed "s|@DATA@|$data|g" "$here/taizhang.toml" >"$etc/taizhang.toml"
fi
own "$etc" "$data"
chmod 700 "$etc" "$data"

# ---- 程序:装在新的文件夹里,装好才换过去 ----
digest=$(sha256sum "$here/requirements.lock" | cut -c 1-8)
into=$prefix/versions/$VERSION-$digest-$("$python" -c 'import sys; print("py%d%d" % sys.version_info[:2])')
if [ ! -e "$into/complete" ]; then
    rm -rf "$into"
    umask 022
    "$python" -I -m venv --without-pip "$into"
    for pip in "$here"/wheels/pip-*.whl; do :; done
    say "正在安装程序(一两分钟)"
    env -u PYTHONPATH -u PYTHONHOME PIP_CONFIG_FILE=/dev/null "$into/bin/python" -I "$pip/pip" --isolated \
        --disable-pip-version-check --no-input --no-cache-dir install --quiet --no-index --find-links "$here/wheels" --no-deps \
        --require-hashes --root-user-action ignore -r "$here/requirements.lock" || stop "程序包没有装上,见上面的说明;原来的版本没有动"
    "$into/bin/taizhang" --version >/dev/null || stop "装上的程序不能运行,见上面的说明;原来的版本没有动"
    : >"$into/complete"
    umask 077
fi
if [ -n "$units" ]; then systemctl stop taizhang-review.service 2>/dev/null || true; fi
ln -sfn "$into" "$prefix/current.new"
mv -T "$prefix/current.new" "$prefix/current"
cat >"$prefix/bin/taizhang.new" <<END
#!/bin/sh
# 台账;设置文件是 $etc/taizhang.toml,除非另外指定
: "\${TAIZHANG_CONFIG:=$etc/taizhang.toml}"
[ -r "\$TAIZHANG_CONFIG" ] && export TAIZHANG_CONFIG || unset TAIZHANG_CONFIG
exec "$prefix/current/bin/taizhang" "\$@"
END
chmod 755 "$prefix/bin/taizhang.new"
mv "$prefix/bin/taizhang.new" "$prefix/bin/taizhang"
if [ -n "$root" ] && [ "$prefix" = /opt/taizhang ]; then ln -sfn "$prefix/bin/taizhang" /usr/local/bin/taizhang; fi

# ---- 存储升到新版本的结构,先备份 ----
if [ -e "$data/台账.db" ]; then as "$prefix/bin/taizhang" upgrade --config "$etc/taizhang.toml"; fi

# ---- 留下现在的和上一个版本 ----
# shellcheck disable=SC2012
ls -1dt "$prefix"/versions/*/ | while read -r old; do
    old=${old%/}
    [ "$old" = "$into" ] && continue
    kept=${kept:-0}
    kept=$((kept + 1))
    [ "$kept" -le 1 ] || rm -rf "$old"
done

# ---- 服务 ----
if [ -n "$units" ]; then
    for unit in "$here"/systemd/*; do install -m 644 "$unit" /etc/systemd/system/; done
    systemctl daemon-reload
    systemctl enable --now taizhang-nightly.timer taizhang-backup.timer taizhang-review.service
    say "服务已启动:每晚 2:30 夜间运行,每天 12:30 备份,核对页面的网址见 journalctl -u taizhang-review"
else
    say "没有用 systemd;请自己定时运行,如写进 crontab:"
    say "  30 2 * * *  $prefix/bin/taizhang nightly --quiet"
    say "  核对页面:$prefix/bin/taizhang review"
fi
say "台账 $VERSION 装好了。程序 $prefix,设置 $etc/taizhang.toml,数据 $data"
say "检查一遍:$prefix/bin/taizhang doctor"
