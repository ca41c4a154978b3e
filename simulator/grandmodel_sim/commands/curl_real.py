"""Options that the real curl has and this one does not; said plainly, rather than called unknown."""

#: As `letter:name`, or the name alone.
_NAMES = """
abstract-unix-socket alpn alt-svc anyauth a:append aws-sigv4 capath E:cert cert-status cert-type ciphers clobber
compressed-ssh K:config connect-to C:continue-at c:cookie-jar create-file-mode crlf crlfile curves delegation
digest disable-eprt disable-epsv disallow-username-in-url dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers
doh-cert-status doh-insecure doh-url egd-file engine etag-compare etag-save expect100-timeout false-start F:form
form-escape form-string ftp-account ftp-alternative-to-user ftp-create-dirs ftp-method ftp-pasv P:ftp-port
ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-ccc-mode ftp-ssl-control happy-eyeballs-timeout-ms
haproxy-protocol hostpubmd5 hostpubsha256 hsts http0.9 0:http1.0 http2 http2-prior-knowledge http3 http3-only
ignore-content-length interface 6:ipv6 j:junk-session-cookies keepalive-time key key-type krb libcurl limit-rate
l:list-only local-port login-options mail-auth mail-from mail-rcpt mail-rcpt-allowfails M:manual max-filesize
metalink negotiate n:netrc netrc-file netrc-optional ::next noproxy npn ntlm ntlm-wb Z:parallel
parallel-immediate parallel-max pass pinnedpubkey post301 post302 post303 preproxy #:progress-bar proto
proto-redir x:proxy proxy-anyauth proxy-basic proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers
proxy-crlfile proxy-digest proxy-header proxy-insecure proxy-key proxy-key-type proxy-negotiate proxy-ntlm
proxy-pass proxy-pinnedpubkey proxy-service-name proxy-ssl-allow-beast proxy-ssl-auto-client-cert
proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-tlsv1 U:proxy-user proxy1.0
p:proxytunnel pubkey Q:quote random-file r:range rate raw J:remote-header-name R:remote-time remove-on-error
request-target resolve sasl-authzid sasl-ir service-name sessionid socks4 socks4a socks5 socks5-basic
socks5-gssapi socks5-gssapi-nec socks5-gssapi-service socks5-hostname Y:speed-limit y:speed-time ssl
ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort 2:sslv2 3:sslv3 stderr
suppress-connect-headers tcp-fastopen tcp-nodelay t:telnet-option tftp-blksize tftp-no-options z:time-cond
tls-max tls13-ciphers tlsauthtype tlspassword tlsuser 1:tlsv1 tlsv1.0 tlsv1.1 tr-encoding trace trace-ascii
trace-time unix-socket T:upload-file B:use-ascii xattr
"""

#: Long name → its letter, empty for none.
REAL_OPTIONS = {name: letter for letter, _, name in (word.rpartition(":") for word in _NAMES.split())}
