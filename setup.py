"""Maps ``assets/`` of the repository to ``emola/assets`` of the package; see pyproject.toml for the rest."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["emola", "emola.*"]), "emola.assets"],
    package_dir={"emola.assets": "assets"},
)
