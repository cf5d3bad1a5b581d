
# Halaman API.
acceptance-api-title = API
acceptance-api-crumb = Untuk pembuat perangkat, bank dan pengelola
acceptance-api-open = API Jakarta One: tanya, tap, isi saldo, saldo dan riwayat.
acceptance-api-lead = Perintah yang diputuskan dijawab 200 dengan hasil diterima atau ditolak beserta kodenya. Jawaban 4xx berarti belum ada keputusan. Setiap jawaban menyebut posisi jurnal. Penjelasan tiap bidang ditulis dalam bahasa Inggris.
acceptance-api-document = Dokumen OpenAPI untuk mesin
acceptance-api-by-client = dengan token klien (Authorization: Bearer)
acceptance-api-by-device = dengan tanda tangan perangkat
acceptance-api-by-nobody = tanpa kunci
acceptance-api-parameters = Parameter
acceptance-api-body = Isi permintaan
acceptance-api-answer = Jawaban 200
acceptance-api-field = Bidang
acceptance-api-kind = Jenis
acceptance-api-required = Wajib
acceptance-api-what = Arti
acceptance-api-yes = ya
acceptance-api-no = tidak
